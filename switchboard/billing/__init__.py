"""Who pays: accounts, and later plans, recurring charges and invoices."""
