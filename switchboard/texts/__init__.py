"""Text messages: what they ask for, and what is answered (design §9). Pure."""
