-- A list of persons. A staged row is
--   {"row": 7, "number": 55 or null, "surname": "Paz", "names": "Ana", "document": "24.118.903", "birth_date": "1980-05-31" or null,
--    "phones": [{"typed": "0341 15-612-4410", "e164": "+5493416124410" or null, "search_key": "3416124410" or "", "kind": "mobile" or "", "valid": true}],
--    "emails": [{"address": "ana@x.com", "valid": true}], "company_number": 20417 or null, "note": "", "warnings": ["…"], "erase": []}
-- `number` is this person's number (id) here, where the list has it. What is empty (or null) stays as it is, unless its key stands in `erase`,
-- one or several of surname, names, document, birth_date, company_number, note: the file has that column, and empty there means "take it away".
-- A row that the file itself makes impossible comes judged already: {"row": 8, "outcome": "refused" or "doubtful", "message": "…"}.
SET LOCAL ROLE iduo_owner;
RESET ROLE;
