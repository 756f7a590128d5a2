// Package dynamics writes co-browse sessions to Microsoft Dynamics 365 through the Dataverse Web API v9.2, and reads
// Omnichannel conversations as the agent who claims them. It is the only package that knows kiota.
//
// On a case a session is one activity (the custom table when the solution is installed, else a phone call or a task) and one
// note bound to the case itself, because the case's timeline shows neither notes nor files of an activity. Both are written
// in one change set under ids that derive from the session, with If-None-Match: *, so a repeat is refused with 412, a read
// confirms that what is there is ours, and the repeat counts as done.
//
// Everything that a person did at the desk is written on behalf of that agent (CallerObjectId): the timeline names them, and
// the effective rights are only what both the application and the agent have.
//
// Nothing here has met a live organisation yet; dataversefake holds the documented rules against it.
package dynamics
