"""Text becomes speech, and speech, spoken by whomever, the movements of a mouth."""
