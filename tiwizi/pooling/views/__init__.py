"""Pages of the room pooling."""
