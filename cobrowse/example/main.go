// Command example shares one browser between two windows: start it with the address of a page and open the two addresses that it prints.
package main

import (
	"context"
	_ "embed"
	"errors"
	"flag"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"time"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/browser"
	"cobrowse-connector/cobrowse/privacy"
)

//go:embed page.html
var page []byte

// people are known by the last part of their address. A product asks for a secret.
var people = map[string]cobrowse.Participant{
	"agent":    {ID: "a1", Role: cobrowse.RoleAgent, Name: "Bo"},
	"customer": {ID: "c1", Role: cobrowse.RoleCustomer, Name: "Ana"},
}

func main() {
	listen := flag.String("listen", "localhost:8088", "")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	launcher, policy := browser.New(browser.Config{}), privacy.Defaults()
	session := cobrowse.Start(ctx, cobrowse.Config{
		ID: "example", Policy: policy, StartURL: flag.Arg(0), Redact: privacy.NewRedactor(policy.PII),
		Launch: func(ctx context.Context) (cobrowse.Browser, error) {
			return launcher.Launch(ctx, browser.Spec{Session: "example", Policy: policy}) // a product bounds its way out: package egress
		},
	})
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", *listen)
	if err = errors.Join(err, session.Claim(ctx, people["agent"], "")); err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("GET /{who}", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(page) })
	http.HandleFunc("GET /{who}/live", func(w http.ResponseWriter, r *http.Request) { meet(w, r, session, people[r.PathValue("who")]) })
	server := &http.Server{ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(l) }()
	log.Printf("http://%s/customer and http://%[1]s/agent", l.Addr())
	<-session.Done()
	_ = server.Close()
}
