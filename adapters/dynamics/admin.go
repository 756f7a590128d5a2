package dynamics

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"

	abs "github.com/microsoft/kiota-abstractions-go"

	"cobrowse-connector/adapters/desk"
)

// Admin is an organisation for those who set it up, with the rights of whoever the credential is for. Package solution uses it.
type Admin struct{ client *client }

// NewAdmin checks the configuration and asks the organisation nothing.
func NewAdmin(cfg Config) (*Admin, error) {
	d, err := New(cfg)
	if err != nil {
		return nil, err
	}
	return &Admin{d.client}, nil
}

// Organisation is the address of the organisation's Web API.
func (a *Admin) Organisation() string { return a.client.base }

// Get reads path into out.
func (a *Admin) Get(ctx context.Context, path string, query url.Values, out any) error {
	got, err := a.send(ctx, call{method: abs.GET, path: path, query: query, header: map[string]string{"If-None-Match": "null"}}, http.StatusOK)
	if err != nil {
		return err
	}
	return got.decode(out)
}

// Create makes what body describes, as a part of an unmanaged solution when one is named.
func (a *Admin) Create(ctx context.Context, path, solution string, body any) error {
	return a.write(ctx, call{method: abs.POST, path: path, header: inSolution(solution)}, body, nil, http.StatusNoContent)
}

// Put makes a record under an id of our own, as a part of an unmanaged solution when one is named. One that is there already stays.
func (a *Admin) Put(ctx context.Context, path, solution string, body any) error {
	header := inSolution(solution)
	header[onlyNew] = "*"
	err := a.write(ctx, call{method: abs.PATCH, path: path, header: header}, body, nil, http.StatusNoContent)
	if errors.Is(err, errExists) {
		return nil
	}
	return err
}

// Update changes a record that is there.
func (a *Admin) Update(ctx context.Context, path string, body any) error {
	return a.write(ctx, call{method: abs.PATCH, path: path, header: map[string]string{onlyOld: "*"}}, body, nil, http.StatusNoContent)
}

// Act runs an action; out is nil for one that answers nothing.
func (a *Admin) Act(ctx context.Context, path string, body, out any) error {
	return a.write(ctx, call{method: abs.POST, path: path}, body, out, http.StatusOK, http.StatusNoContent)
}

// Delete removes what is at path. What is gone already is no error.
func (a *Admin) Delete(ctx context.Context, path string) error {
	_, err := a.send(ctx, call{method: abs.DELETE, path: path}, http.StatusNoContent)
	if errors.Is(err, desk.ErrNotFound) {
		return nil
	}
	return err
}

func inSolution(name string) map[string]string {
	if name == "" {
		return map[string]string{}
	}
	return map[string]string{"MSCRM.SolutionUniqueName": name}
}

func (a *Admin) write(ctx context.Context, k call, body, out any, expect ...int) error {
	text, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("dynamics: %w", err)
	}
	k.kind, k.body = jsonType, text
	got, err := a.send(ctx, k, expect...)
	if err != nil || out == nil {
		return err
	}
	return got.decode(out)
}

var privilege = regexp.MustCompile(`\bprv[A-Za-z0-9_]{1,100}\b`)

// lacking is the name of a privilege that whoever asked does not have.
type lacking string

func (l lacking) Error() string { return "the privilege " + string(l) + " is missing" }
func (l lacking) Unwrap() error { return desk.ErrDenied }

// send is client.do that also tells which privilege is missing: whoever sets an organisation up has to know.
func (a *Admin) send(ctx context.Context, k call, expect ...int) (*answer, error) {
	got, err := a.client.send(ctx, k)
	if err != nil {
		return nil, err
	}
	for _, status := range expect {
		if got.status == status {
			return got, nil
		}
	}
	if name := privilege.Find(got.body); got.status == http.StatusForbidden && name != nil {
		return nil, lacking(name)
	}
	return nil, got.failure()
}
