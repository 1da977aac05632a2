def load(text):
    try:
        return text[0]
    except IndexError as error:
        raise ValueError("an empty text") from error  # fault: raise ValueError("an empty text") from error
