-- What somebody tries through a hole in one function, in its owner's name. One a line: who, what it ends with, the statement, what it is.
-- {me} and {other} are logins; 0: no row is seen or changed.
operator  42501  UPDATE iduo.case SET assigned_to = NULL, version = version + 1  -- a case of another's
operator  42501  UPDATE iduo.case SET assigned_to = '{me}', version = version + 1  -- a case taken from another
coordinator  23514  UPDATE iduo.case SET priority = 'urgent'  -- a case without a trace
coordinator  23514  UPDATE iduo.case SET company_id = company_id + 1  -- a case of another client
operator  42501  UPDATE iduo.case SET risk = 'none', version = version + 1  -- a lower risk
coordinator  23514  UPDATE iduo.case SET state = 'closed', version = version + 1  -- a case closed by nobody
operator  42501  UPDATE iduo.case_event SET note = 'x'  -- what another one did
operator  42501  INSERT INTO iduo.ticket (kind, channel, caller_kind, text, phone, created_by, state, key, payload_hash) VALUES ('claim', 'phone', 'other', 'x', '1', '{other}', 'open', gen_random_uuid(), sha256(''))  -- a ticket in another's name
operator  42501  INSERT INTO iduo.ticket (kind, channel, caller_kind, text, phone, created_by, state, key, payload_hash) VALUES ('claim', 'phone', 'other', 'x', '1', '{me}', 'communicated', gen_random_uuid(), sha256(''))  -- a ticket that is answered
operator  23514  UPDATE iduo.ticket SET text = 'otra cosa', version = version + 1  -- what a ticket says
coordinator  23514  UPDATE iduo.ticket SET state = 'communicated', version = version + 1  -- a ticket jumps
operator  42501  UPDATE iduo.ticket SET state = 'awaiting_communication', version = version + 1  -- an operator answers
operator  42501  UPDATE iduo.ticket SET sent_at = clock_timestamp()  -- an operator sends a batch
answerer  23514  UPDATE iduo.ticket SET created_by = '{me}'  -- a ticket is deleted by its answerer
operator  0  SELECT * FROM iduo.batch  -- an operator reads batches
coordinator  42501  INSERT INTO iduo.batch (kind, file_name, sha256, "by", key) VALUES ('clients', 'x', '', '{other}', gen_random_uuid())  -- a batch in another's name
coordinator  23514  UPDATE iduo.batch SET "by" = '{me}'  -- a batch becomes one's own
operator  23514|42501  UPDATE iduo.message SET state = 'sent'  -- a message that the gateway did not send
operator  23514  UPDATE iduo.message SET text = 'otra cosa'  -- what was written
operator  23514  UPDATE iduo.call SET outcome = 'message', ended_at = clock_timestamp()  -- a call that ended
operator  23514  UPDATE iduo.task SET due_at = due_at + interval '1 day'  -- a task without its history
operator  23514  UPDATE iduo.extension SET until_date = until_date + 30  -- what was asked of a client
operator  42501  UPDATE iduo.route_activation SET acknowledged_at = clock_timestamp(), acknowledged_by = '{me}'  -- a route is acknowledged by who asked
operator  23514  UPDATE iduo.chat SET attended_by = '{me}'  -- a chat taken from another
operator  42501  INSERT INTO iduo.chat_line (chat_id, seq, side, "by", text, key) SELECT id, 9, 'operator', '{other}', 'x', gen_random_uuid() FROM iduo.chat  -- a line in another's name
operator  42501  INSERT INTO iduo.chat_line (chat_id, seq, side, "by", text, key) SELECT id, 9, 'operator', '{me}', 'x', gen_random_uuid() FROM iduo.chat  -- a line in a chat of another's
operator  42501  INSERT INTO iduo.chat_line (chat_id, seq, side, text, key) SELECT id, 9, 'system', 'x', gen_random_uuid() FROM iduo.chat  -- the house says something in a chat of another's
operator  42501  UPDATE iduo.chat SET state = 'ended', ended_at = clock_timestamp(), ended_by = 'operator'  -- another's chat ends
coordinator  42501  UPDATE iduo.chat SET state = 'waiting', attended_by = NULL, call_id = NULL  -- another's chat is handed on
operator  42501  INSERT INTO iduo.chat_line (chat_id, seq, side, text, key) SELECT id, 9, 'visitor', 'x', gen_random_uuid() FROM iduo.chat  -- a line in the visitor's name
coordinator  42501  UPDATE iduo.chat_line SET text = 'x'  -- what was said in a chat
operator  42501  DELETE FROM iduo.chat_line  -- a line is gone
coordinator  42501  INSERT INTO iduo.chat (token_hash, address_hash) VALUES (sha256('x'), sha256('x'))  -- a chat that no visitor began
admin  0  UPDATE iduo.chat SET handed_note = 'x'  -- an administrator changes chats
answerer  0  SELECT * FROM iduo.chat_line  -- an answerer reads chats
operator  42501  INSERT INTO iduo.pause (login, reason_id, label) SELECT '{other}', id, label FROM iduo.pause_reason LIMIT 1  -- a pause in another's name
operator  0  UPDATE iduo.pause SET ended_at = clock_timestamp()  -- another's pause ends
operator  0  UPDATE iduo.setting SET value = '1'  -- a setting
coordinator  42501  INSERT INTO iduo.transition VALUES ('case', 'closed', 'closed')  -- a transition
coordinator  42501  UPDATE iduo.staff SET active = true, full_name = 'X'  -- somebody is active again
operator  0  UPDATE iduo.staff SET full_name = 'X' WHERE login = '{other}'  -- one makes oneself active
operator  42501  INSERT INTO iduo.receipt (actor, what, subject, reason) VALUES ('{other}', 'export', 'x', 'x')  -- a receipt in another's name
coordinator  0  SELECT * FROM iduo.receipt WHERE actor <> '{me}'  -- another's receipts
operator  0|42501  UPDATE iduo.receipt SET reason = 'x'  -- a receipt is changed
admin  0|42501  DELETE FROM iduo.receipt  -- a receipt is deleted
admin  42501  TRUNCATE iduo.receipt  -- receipts are emptied
operator  0  SELECT * FROM audit.entry  -- the audit log is read
admin  42501  INSERT INTO audit.entry (actor, table_name, row_key, operation) VALUES ('{me}', 'case', '1', 'INSERT')  -- the audit log is written
admin  42501  DELETE FROM audit.entry  -- the audit log is deleted
admin  0  SELECT * FROM iduo.contact_section WHERE reserved  -- reserved sections are read
admin  0  SELECT * FROM iduo.contact_relation  -- networks are read
answerer  0  SELECT * FROM iduo.company  -- an answerer reads clients
answerer  0  SELECT * FROM iduo.contact  -- an answerer reads persons
operator  23514  UPDATE iduo.company SET note = repeat('x', 300000)  -- a text of 300 kB
coordinator  23514  UPDATE iduo.case SET list = 'otra', version = version + 1  -- a word that is none
coordinator  23514  UPDATE iduo.company SET debt = 'NaN'  -- a debt that is no number
coordinator  22003|23514  UPDATE iduo.company SET debt = '1e100'  -- a debt without end
coordinator  23514  UPDATE iduo.company SET cutoff_date = 'infinity'  -- a date at the end of time
coordinator  23514  UPDATE iduo.case SET next_action_at = 'infinity', version = version + 1  -- a moment at the end of time
admin  42501  GRANT iduo_admin TO "{me}"  -- a role
admin  42501  CREATE ROLE intruso LOGIN  -- a login
admin  42501  COPY iduo.company TO PROGRAM 'cat'  -- a file
admin  42501  SET ROLE iduo_audit  -- another owner
operator  42501  INSERT INTO iduo.message (conversation_id, case_id, direction, channel, address, state, text, "by", key, payload_hash) SELECT m.conversation_id, m.case_id, m.direction, m.channel, m.address, m.state, m.text, '{other}', gen_random_uuid(), m.payload_hash FROM iduo.message m  -- a message in another's name
