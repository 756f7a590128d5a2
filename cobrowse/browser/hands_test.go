package browser

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chromedp/cdproto"

	"cobrowse-connector/cobrowse"
)

// TestHandsChangeAfterAPageWasBusy: what it has taken in while somebody waited in vain is not waited for again.
func TestHandsChangeAfterAPageWasBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &Browser{ctx: t.Context()}
		p := newPage(&chromium{conn: newConn(nil, nil)}, "main", session{})
		first, second := make(chan *cdproto.Message, 1), make(chan *cdproto.Message, 1)
		p.hands.settled = []<-chan *cdproto.Message{first, second}
		shared, agent := &tab{page: p}, &job{by: cobrowse.RoleAgent}
		time.AfterFunc(time.Second, func() { first <- nil })
		if err := b.handOver(shared, p, agent); !errors.Is(err, errBusy) {
			t.Fatal(err)
		}
		second <- nil
		if err := b.handOver(shared, p, agent); err != nil {
			t.Error(err)
		}
	})
}

// TestHandsChangeAfterAMoveWasSlow: a move that a busy page takes in late is taken in.
func TestHandsChangeAfterAMoveWasSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &Browser{ctx: t.Context()}
		p := newPage(&chromium{conn: newConn(nil, nil)}, "main", session{})
		shared, reply := &tab{page: p}, make(chan *cdproto.Message, 1)
		shared.init()
		p.hands.settled = []<-chan *cdproto.Message{reply}
		b.holdMoves(shared, p, reply)
		time.Sleep(settleTimeout + time.Second)
		if synctest.Wait(); shared.moving {
			t.Error("the next move waits for ever")
		}
		reply <- nil
		if err := b.handOver(shared, p, &job{by: cobrowse.RoleAgent}); err != nil {
			t.Error(err)
		}
	})
}

// TestADragThatComesLateIsGivenUp: at once, as the page hears no press meanwhile.
func TestADragThatComesLateIsGivenUp(t *testing.T) {
	b, p, pipe := answeringPage(t)
	p.tab = &tab{page: p}
	p.tab.init()
	b.work.Go(func() { b.runInputs(p.tab) })

	b.mu.Lock()
	b.handlePage(p, event{session: "s", method: "Input.dragIntercepted", params: []byte(`{"data":{"items":[],"dragOperationsMask":1}}`)})
	b.mu.Unlock()
	if told := <-pipe.told; !strings.Contains(told, "dragCancel") {
		t.Errorf("the page was told %s", told)
	}
}
