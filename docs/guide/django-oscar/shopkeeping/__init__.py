"""django-oscar tells shopkeeper what happens in the shop. Copy this folder into the project."""
