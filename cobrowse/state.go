package cobrowse

// State is where a session stands. The table transitions is the only way from one to the next.
type State string

const (
	// StateRequested: a customer has a PIN or a link, nobody else is there. Moved on by an agent's claim; a restarted node
	// leaves it as it is, the PIN's lifetime ends it.
	StateRequested State = "requested"
	// StateProvisioning: the browser is being made ready. Moved on by BrowserReady; a restarted node provisions again.
	StateProvisioning State = "provisioning"
	// StateWaiting: the browser is ready, the customer has not consented yet. Moved on by the customer; a restarted node
	// provisions again.
	StateWaiting State = "waiting"
	// StateLive: both share the browser. Moved on by people, limits or the browser's loss; a restarted node ends it, as the
	// browser died with the node, and delivers what was recorded.
	StateLive State = "live"
	// StatePaused: the customer stopped the agent's view and hands. Moved on by the customer; restarted as StateLive.
	StatePaused State = "paused"
	// StateEnding: the summary is stored, the recording is being closed and the result written. A restarted node finishes it.
	StateEnding State = "ending"
	// StateEnded: final; result and outbox rows are stored.
	StateEnded State = "ended"
	// StateFailed: final; the session never came to its end in good order. What was recorded is still delivered.
	StateFailed State = "failed"
)

// event moves a session from one state to the next.
type event string

const (
	eventClaimed      event = "claimed"
	eventBrowserReady event = "browser_ready"
	eventConsented    event = "consented"
	eventPaused       event = "paused"
	eventResumed      event = "resumed"
	eventEnd          event = "end"
	eventClosed       event = "closed"
	eventFailed       event = "failed"
)

var transitions = map[State]map[event]State{
	StateRequested:    {eventClaimed: StateProvisioning, eventEnd: StateEnding},
	StateProvisioning: {eventBrowserReady: StateWaiting, eventEnd: StateEnding},
	StateWaiting:      {eventConsented: StateLive, eventEnd: StateEnding},
	StateLive:         {eventPaused: StatePaused, eventEnd: StateEnding},
	StatePaused:       {eventResumed: StateLive, eventEnd: StateEnding},
	StateEnding:       {eventClosed: StateEnded, eventFailed: StateFailed},
}

// next returns the state after e, and whether e is possible in s at all.
func (s State) next(e event) (State, bool) {
	next, ok := transitions[s][e]
	return next, ok
}

// Final tells whether nothing can happen any more.
func (s State) Final() bool { return s == StateEnded || s == StateFailed }
