package rules

// CheckPath tells whether a path may stand in set_in.
func CheckPath(path string) error { return nil }
