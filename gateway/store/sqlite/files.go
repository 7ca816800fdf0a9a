package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"dragoman/gateway/store"
)

// File implements store.Store.
func (s *Store) File(ctx context.Context, name string) (data []byte, err error) {
	ref, err := store.ParseRef(name)
	if err != nil {
		return nil, err
	}
	query := "SELECT packed, data FROM upload WHERE event = ? AND n = ?"
	if ref.Part {
		query = "SELECT packed, data FROM made WHERE part = ? AND n = ?"
	}
	err = s.view(ctx, func(tx *sql.Tx) error {
		var packed bool
		var stored []byte
		err := tx.QueryRowContext(ctx, query, ref.ID, ref.N).Scan(&packed, &stored)
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("%w: file %s", store.ErrNotFound, ref)
		}
		if err != nil {
			return err
		}
		data, err = store.Unpack(stored, packed)
		return err
	})
	return data, err
}
