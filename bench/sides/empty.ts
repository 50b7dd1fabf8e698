/** A program that does nothing, for what it costs to start one. */
