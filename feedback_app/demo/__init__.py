"""A made-up Disdukcapil with two years of ratings; every page says that it is made up."""
