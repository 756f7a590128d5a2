// Package cobrowse is the engine: a shared cloud browser for an agent and a customer. It knows no CRM, no company database and no HTTP
// framework; package connector joins it to those, and any other program can use it in the same way. Folder example has a small one.
//
// # A session
//
// A Session is one browser and the people in it. Start makes one from a Config, which says what is opened, what is hidden (a Policy) and
// how to get a browser:
//
//	launcher := browser.New(browser.Config{})
//	session := cobrowse.Start(ctx, cobrowse.Config{
//		ID: id, StartURL: "https://shop.example/", Policy: policy, Redact: privacy.NewRedactor(policy.PII),
//		Launch: func(ctx context.Context) (cobrowse.Browser, error) {
//			return launcher.Launch(ctx, browser.Spec{Session: id, Policy: policy, ProxyAddr: way.Addr(), RunsAs: way.LetIn})
//		},
//	})
//
// An agent takes it with Claim; then the browser is made ready. The customer consents, and both see and act (StateLive). State has the one
// table of what follows what. The session ends when somebody ends it, when the customer stays away, when a limit is reached or when the
// context of Start is over; Done is closed when everything has been handed to Config.OnEnd and the browser's profile is gone.
//
// # People
//
// Attach lets a Participant in and returns their Attachment; who somebody is and whether they may come in, the caller knows. From then on
// two loops serve them:
//
//	message, err := attachment.Next(ctx)         // to their page: a Message, pictures among them
//	err := session.Do(ctx, participant, command) // from their page: a Command
//
// Package wire gives messages and commands their form on a WebSocket, which docs/protocol.md describes. Next takes pictures when they are
// sent, so a slow person sees fewer of them and nothing late. Attaching again replaces the former attachment.
//
// An agent may do what their Rights allow, while the session is live and the customer is there. What they get is redacted: titles,
// addresses and names by Config.Redact, pictures by the page's own masks. Without a Redactor they get no such words at all.
//
// # What is private
//
// Policy has the rules: masks, guards, patterns, modes of a site, pages that pause. privacy.Defaults is one for companies that have said
// nothing. Session.SetPolicy changes it while the session runs. Private things are not in the picture; the customer's page draws them over
// it from the Layer that it alone is sent.
//
// # What remains
//
// Config.OnEnding and Config.OnEnd are told the Result: state, Summary, health of the rules, Recording. Nothing else is kept. With
// Config.NewRecorder (package record) the same encoded pictures that people saw become a sealed recording, if the customer agreed.
//
// # Rooms
//
//	wire     the WebSocket protocol spoken with people's browsers
//	browser  one sandboxed Chromium per session (implements Browser)
//	privacy  mask and guard rules, what is injected into pages, the readiness gate, redaction of strings
//	stream   picture chunks: one encode, fanned out to everybody (Hub)
//	record   chunks and events to a sealed recording (implements Recorder)
//	egress   the only way out of the cloud browser
//
// The rooms import this package for its words; this package imports only stream. Package cobrowsetest has a scripted Browser and Recorder
// for tests of what is built on top.
package cobrowse
