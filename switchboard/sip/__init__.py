"""SIP as text (RFC 3261 §7): messages and the values of their fields, without any transport."""
