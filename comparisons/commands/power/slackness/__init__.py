"""How near correct programs come to each bound, binade by binade: what is recorded and watched."""
