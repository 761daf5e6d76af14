"""The carrier's own SIP and SDP, as much as a call to a simulated phone needs."""
