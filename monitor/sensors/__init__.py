"""Other sensors than cameras, as they report through an MQTT broker."""
