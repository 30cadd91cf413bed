SET LOCAL ROLE iduo_owner;

-- messages that visitors left are counted by when they were left, by connection and all together; lines by when they were written
CREATE INDEX chat_left_index ON iduo.chat (address_hash, ended_at) WHERE ended_by = 'message';
CREATE INDEX chat_message_index ON iduo.chat (ended_at) WHERE ended_by = 'message';
CREATE INDEX chat_line_visitor_index ON iduo.chat_line (at) WHERE side = 'visitor';
RESET ROLE;
