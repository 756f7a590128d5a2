package main

import (
	"context"
	"net/http"

	"github.com/coder/websocket"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/wire"
)

// meet lets somebody in and carries messages both ways until either side is gone. Accept refuses pages of other sites.
func meet(w http.ResponseWriter, r *http.Request, session *cobrowse.Session, who cobrowse.Participant) {
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer conn.CloseNow() //nolint:errcheck // nothing more to say
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	hello, _ := receive(ctx, conn).(wire.Hello)
	attachment, err := session.Attach(ctx, who, cobrowse.Viewer{Codecs: hello.Codecs, Viewport: hello.Viewport, Language: hello.Lang})
	if err != nil {
		return
	}
	defer attachment.Close() //nolint:contextcheck // the session outlives this person
	go func() {
		defer cancel()
		for {
			command, ok := receive(ctx, conn).(cobrowse.Command)
			if !ok {
				return
			}
			_ = session.Do(ctx, who.ID, command) // what is not allowed is not done; a product says so
		}
	}()
	for {
		message, err := attachment.Next(ctx)
		if err != nil {
			return
		}
		frame, picture, err := wire.Encode(message)
		kind := map[bool]websocket.MessageType{false: websocket.MessageText, true: websocket.MessageBinary}[picture]
		if err != nil || conn.Write(ctx, kind, frame) != nil {
			return
		}
	}
}

func receive(ctx context.Context, conn *websocket.Conn) any {
	_, data, err := conn.Read(ctx)
	if err != nil {
		return nil
	}
	message, _ := wire.Decode(data)
	return message
}
