package client

import "fmt"

// Error is safe to log and to show.
func (f *Fault) Error() string {
	s := fmt.Sprintf("client: %s: %s", f.Verdict, f.Reason)
	if f.Status != 0 {
		s = fmt.Sprintf("%s, status %d", s, f.Status)
	}
	if f.Code != "" {
		s = fmt.Sprintf("%s, code %s", s, f.Code)
	}
	return s
}

// Unwrap gives the cause.
func (f *Fault) Unwrap() error { return f.Err }
