package sqlite

// Settle puts all events into the index now.
func (s *Store) Settle() {
	for {
		if more, err := s.index.step(); err != nil || !more {
			return
		}
	}
}
