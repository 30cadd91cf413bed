-- Answers that come back for the messages of a batch. A staged row is
--   {"row": 7, "number": 100123 or "100 123-4" as typed, "code": "BCDFGH" or null, "answer": "text", "answered_on": "2026-11-20" or null}
-- `code` is null only where the file has no such column. A row that the file itself makes impossible comes judged already:
--   {"row": 8, "outcome": "refused", "message": "La fecha de respuesta no se entiende: «32/13»."}; an empty answer comes as it is, and ends as "empty".
SET LOCAL ROLE iduo_owner;
RESET ROLE;
