"""A citizen's rating on its way in: the place, the form, the saving, the screening, the receipt."""
