"""The gitrepo room, on real Git in temporary folders."""
