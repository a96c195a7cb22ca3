"""What goes on in an emulator, to look at and to drive: a page, and routes for tests in other languages."""
