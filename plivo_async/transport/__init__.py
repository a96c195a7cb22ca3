"""How a byte leaves: lanes of one connection each inside httpx, or over aiohttp."""
