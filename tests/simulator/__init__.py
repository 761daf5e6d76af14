"""Seeded simulations: the use cases over stores in memory, with everything going wrong."""
