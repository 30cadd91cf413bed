"""What a survey of the tests asks."""

QUESTION = {
    "key": "how",
    "label": "¿Cómo lo atendimos?",
    "kind": "choice",
    "required": True,
    "options": [{"key": "good", "label": "Bien"}, {"key": "bad", "label": "Mal"}],
}
