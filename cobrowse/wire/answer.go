package wire

import (
	"slices"

	"cobrowse-connector/cobrowse"
)

// mostValues is more than anybody chooses in one list.
const mostValues = 1000

func decodeAnswer(data []byte) (any, error) {
	a, err := fields[cobrowse.Answer](data)
	switch {
	case err != nil:
		return nil, err
	case a.ID == "" || len(a.ID) > maxWord:
		return nil, malformed("An answer must name what it answers.")
	case len(a.Values) > mostValues || slices.ContainsFunc(a.Values, tooLong(maxText)):
		return nil, malformed("An answer is too long.")
	}
	return a, nil
}
