package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"dragoman/gateway/store"
	"dragoman/translators/chat"
)

// encodeFiles is a list of files as a column has it: JSON, or nil for none.
func encodeFiles(list []chat.File) any {
	if len(list) == 0 {
		return nil
	}
	b, err := json.Marshal(list)
	if err != nil {
		panic(err) // there is nothing in it that could not be encoded
	}
	return string(b)
}

// decodeFiles undoes encodeFiles; of is what those without a Ref belong to.
func decodeFiles(b []byte, of store.Ref) (list []chat.File, err error) {
	if len(b) == 0 {
		return nil, nil
	}
	if err := json.Unmarshal(b, &list); err != nil {
		return nil, err
	}
	of.Fill(list)
	return list, nil
}

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
