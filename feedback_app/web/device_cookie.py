"""The cookie of a registered display or kiosk; citizens' own phones never get it."""

DEVICE_COOKIE = "sl_device"
