package cobrowse

// Result is what remains of a session when it has reached a final State.
type Result struct {
	State     State // StateEnded or StateFailed
	Summary   Summary
	Recording *Recording // nil when nothing was recorded
	Health    []RuleHealth
}
