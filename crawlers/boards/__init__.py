"""One file a board: file name = spider name = board id."""
