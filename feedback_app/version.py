"""The release this is: the one place. A release also gets its section in CHANGELOG.md."""

VERSION = "0.2.0"
