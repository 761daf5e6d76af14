"""The ledger: balances with holds, and the entries that explain them."""
