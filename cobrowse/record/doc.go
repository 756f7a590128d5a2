// Package record keeps a session's masked pictures and its events, and gives them back as WebM and an event track.
//
// # What stands in the bucket
//
// Everything of one session is below recordings/COMPANY/SESSION/, every object in the container of package seal:
//
//	parts/000001 …   what was recorded so far, one object per second in which something happened
//	video-01.webm …  one WebM per run of pictures of one codec and size: a track in WebM has one of each
//	track.json       the event track
//	recording.json   the manifest (cobrowse.Recording); where it stands, the recording is finished
//
// While a session lives only parts are written: a blob store has no append, so small objects are what survives a kill.
// Close composes the rest from them, reads every video back, writes the manifest last and then removes the parts. Recover
// does the same for a recording whose process died, at whatever moment, and can be repeated.
//
// # Time
//
// The recording's clock starts with the first picture. Pictures keep the distances that the encoder gave them, as long as
// those agree with the wall clock; events get the wall clock's time. While agents see nothing (the gate, a pause) the last
// picture stands and the event track says why.
//
// # What may be lost
//
// A killed process loses what happened since the last part: a second and the time of one write. Everything that is lost
// otherwise (a recorder that could not keep up, a store that refuses) is a gap event, counted in Recording.Gaps. When the
// store refuses three parts in a row the recorder stops, says so (Stopped), and keeps what is safe; the session goes on.
package record
