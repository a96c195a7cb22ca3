"""A small contact centre: callers wait, agents are dialled, supervisors coach. See `docs/examples.md`."""
