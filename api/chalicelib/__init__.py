"""The API door: webhooks, the REST interface and the customer's pages, on Chalice."""
