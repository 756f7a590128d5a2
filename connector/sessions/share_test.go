package sessions_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/adapters/dynamics"
	"cobrowse-connector/adapters/dynamics/dataversefake"
	"cobrowse-connector/adapters/dynamics/dataversefake/inprocess"
	"cobrowse-connector/connector/sessions"
	"cobrowse-connector/connector/sessions/sessionstest"
	"cobrowse-connector/connector/store/storetest"
)

// TestNodesAreCounted as they come and go.
func TestNodesAreCounted(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		var told []int
		watch := sessions.NewWatch(w.Sessions, nothingRecorded, func(nodes int) { told = append(told, nodes) })
		other := neighbour(w).Sessions
		must(w.Sessions.Beat(ctx))(t)
		look(t, watch, 1)
		must(other.Beat(ctx))(t)
		look(t, watch, 1)
		away, cancel := context.WithCancel(ctx)
		cancel()
		if err := watch.Look(away); err == nil {
			t.Fatal("it looked without a database")
		}
		look(t, watch, enough+1)
		if told = slices.Compact(told); !slices.Equal(told, []int{1, 2, 1}) {
			t.Errorf("it was told of %v nodes", told)
		}
	})
}

// TestTwoNodesKeepAnOrganisationsLimits: they know of each other by the database only, and together start 12 requests a second, as one would
// that has no burst left. Each by itself would start all of its own at once.
func TestTwoNodesKeepAnOrganisationsLimits(t *testing.T) {
	w := sessionstest.Over(storetest.Postgres(t))
	nodes := []*sessions.Sessions{w.Sessions, neighbour(w).Sessions}
	for _, n := range nodes {
		must(n.Beat(ctx))(t)
	}
	budgets := make([]dynamics.Budgets, len(nodes))
	for i, n := range nodes {
		look(t, sessions.NewWatch(n, nothingRecorded, budgets[i].Share), 1)
	}
	synctest.Test(t, func(t *testing.T) {
		fake := dataversefake.New()
		var all sync.WaitGroup
		for i := range nodes {
			d, err := dynamics.New(dynamics.Config{
				URL: "https://org.crm.dynamics.com", Credential: dynamics.StaticToken(fake.Token()), Transport: inprocess.To(fake), Budgets: &budgets[i],
			})
			if err != nil {
				t.Fatal(err)
			}
			for range 500 {
				all.Go(func() { comeBack(t, d) })
			}
		}
		time.Sleep(time.Minute)
		if n := fake.Requests(); n > 12*60+10 {
			t.Errorf("%d requests came within a minute", n)
		}
		all.Wait()
	})
}

// comeBack asks for a file's entry that is not there, as often as it is told to come later.
func comeBack(t *testing.T, d desk.Desk) {
	f := desk.File{Key: uuid.NewString(), Name: "recording.webm", Size: 1}
	var later *desk.Transient
	err := d.PutFile(t.Context(), f)
	for errors.As(err, &later) {
		time.Sleep(later.After)
		err = d.PutFile(t.Context(), f)
	}
	if !errors.Is(err, desk.ErrNotFound) {
		t.Error(err)
	}
}
