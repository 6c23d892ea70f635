"""From raw sales logs to a star, and the as-of view through which features see it."""
