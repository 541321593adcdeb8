"""What leaves the house: the HTML editions, made from an executed notebook."""
