// Package abi is the border between the domain and a cell, written down: what a
// parent asks (Request), what a cell answers (Message, Failure), and the one
// columnar Frame that carries every table across, also to and from guests.
//
//	parent                                        cell
//	  Request ── JSON in a sealed memfd, fd 3 ──►  DecodeRequest
//	  inputs  ── sealed memfds, fd 5 … ─────────►  Parquet, an engine file, an upload, a module
//	  (Request ── pipe, the last fd ────────────►  a cell that waits; fd 3 was its beginning)
//	  ReadMessage ◄── pipe, fd 4 ───────────────   WriteMessage
//	  Decode ◄─────── frames inside messages
//
// Trust: the parent believes no byte of a cell. ReadMessage and Decode check
// every length against the bytes that are left or a limit before they allocate,
// and accept one encoding only, so that no two readers can differ about what a
// frame says. An error carries positions and sizes, never a value. Cells and
// guests in turn hold what they got to the same rules.
//
// The frame is specified byte by byte in docs/formats/frame.md. A message is
//
//	 0  kind      1 byte    MsgFrame … MsgDone
//	 1  zero      1 byte
//	 2  name      2 bytes   length, 1 to 256 for a frame or an item, else 0
//	 4  zero      4 bytes
//	 8  payload   8 bytes   length; 0 for MsgDone alone, at most MaxPart for MsgPart
//	16  the name, then the payload
//
// little-endian. abi is a leaf: it imports column types and nothing else of
// ours, no parser but encoding/json for requests, and no Arrow.
package abi
