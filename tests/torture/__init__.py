"""What hurts who listens for SIP: messages, datagrams and floods of them."""
