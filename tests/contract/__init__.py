"""What every implementation of a port must do: memory, moto, the embedded engine, Amazon's own."""
