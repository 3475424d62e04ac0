"""Made-up boards, each in its real board's format, served on loopback: to try and to test Gigdex without a network."""
