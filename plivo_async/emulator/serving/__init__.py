"""How a request reaches the API: sockets, memory, ASGI."""
