"""Where botocore reads the shared files differently from the specification of their format, row by row.

The specification is AWS's "Format of the config and credentials files" as the SDKs' common parser has it; ours follows it.
Both readings are pinned: a botocore that changes its mind shows here.
"""

from dataclasses import dataclass

REFUSED = "refused"


@dataclass(frozen=True)
class Difference:
    what: str
    config: str
    theirs: object  # the profiles, or REFUSED
    ours: object
    credentials: str = ""


A = "[profile a]\n"

DIFFERENCES = [
    # Comments
    Difference("a comment behind a value is none to botocore", A + "k = v # c\n", {"a": {"k": "v # c"}}, {"a": {"k": "v"}}),
    Difference("also where there is no value", A + "k = ; c\n", {"a": {"k": "; c"}}, {"a": {"k": ""}}),
    Difference("and sub-properties below it", A + "k = # c\n  x = y\n", {"a": {"k": "# c\nx = y"}}, {"a": {"k": {"x": "y"}}}),
    Difference("an indented comment continues the value", A + "k = v\n  # c\n", {"a": {"k": "v"}}, {"a": {"k": "v\n# c"}}),
    Difference("and is no sub-property", A + "k =\n  # c\n  x = y\n", {"a": {"k": {"x": "y"}}}, REFUSED),
    Difference("save that it looks like one with another name", A + "k =\n  # c = d\n  x = y\n", {"a": {"k": {"x": "y"}}},
               {"a": {"k": {"x": "y"}}}),
    Difference("a bracket in the comment behind a header is part of the name", "[profile a] # [b]\nk = v\n", {},
               {"a": {"k": "v"}}),
    Difference("a comment's sign in a header begins a comment", "[profile a#b]\nk = v\n", {"a#b": {"k": "v"}}, REFUSED),
    Difference("even in quotes", "[profile 'a;b']\nk = v\n", {"a;b": {"k": "v"}}, REFUSED),
    # Duplicates
    Difference("the last of two properties wins", A + "k = 1\nk = 2\n", REFUSED, {"a": {"k": "2"}}),
    Difference("whatever their case", A + "k = 1\nK = 2\n", REFUSED, {"a": {"k": "2"}}),
    Difference("sections of one name merge", A + "k = 1\n" + A + "l = 2\n", REFUSED, {"a": {"k": "1", "l": "2"}}),
    Difference("in the credentials file too", "", REFUSED, {"a": {"k": "1", "l": "2"}}, "[a]\nk = 1\n[a]\nl = 2\n"),
    Difference("also where one of them is in quotes", A + "k = 1\n[profile 'a']\nl = 2\n", {"a": {"l": "2"}},
               {"a": {"k": "1", "l": "2"}}),
    Difference("a profile default wins over default, wherever it stands", "[profile default]\nk = 1\n[default]\nl = 2\n",
               {"default": {"l": "2"}}, {"default": {"k": "1"}}),
    # Lines that are no properties
    Difference("a colon is no equals sign", A + "k: v\n", {"a": {"k": "v"}}, REFUSED),
    Difference("but may be part of a name", A + "k:l = v\n", {"a": {"k": "l = v"}}, {"a": {"k:l": "v"}}),
    Difference("an indented line needs a property above it", A + "  k = v\n", {"a": {"k": "v"}}, REFUSED),
    Difference("an indented header as well", "[default]\nk = v\n[profile b]\n  [profile a]\n", {"default": {"k": "v"}, "b": {},
                                                                                              "a": {}}, REFUSED),
    Difference("nothing but a comment may follow a header", "[profile a] b\nk = v\n", {"a": {"k": "v"}}, REFUSED),
    Difference("the first bracket closes", "[profile 'a]b']\nk = v\n", {"a]b": {"k": "v"}}, REFUSED),
    Difference("a header that is not closed is no property", "[default]\n[k = v\n", {"default": {"[k": "v"}}, REFUSED),
    Difference("an empty header is one that does not count", "[]\nk = v\n[default]\nl = w\n", REFUSED, {"default": {"l": "w"}}),
    Difference("blank lines within a value do not count", A + "k = v\n\n  w\n", {"a": {"k": "v\n\nw"}}, {"a": {"k": "v\nw"}}),
    Difference("a sub-property needs a name", A + "k =\n  = y\n", {"a": {"k": {"": "y"}}}, REFUSED),
    Difference("a carriage return alone ends no line", A + "k = v\rl = w\n", {"a": {"k": "v", "l": "w"}},
               {"a": {"k": "v\rl = w"}}),
    Difference("blanks are ASCII's", A + "k = \u00a0v\n", {"a": {"k": "v"}}, {"a": {"k": "\u00a0v"}}),
    # Names
    Difference("white space around a header's text does not count", "[ profile a ]\nk = v\n", {}, {"a": {"k": "v"}}),
    Difference("nor around default's", "[ default ]\nk = v\n", {}, {"default": {"k": "v"}}),
    Difference("a name has letters, digits and some signs", "[profile a$]\nk = v\n", {"a$": {"k": "v"}}, {}),
    Difference("no others outside quotes", "[profile ä]\nk = v\n", {"ä": {"k": "v"}}, {}),
    Difference("quotes stand around the whole of it", "[profile a'b']\nk = v\n", {"ab": {"k": "v"}}, {}),
    Difference("and there is something in them", "[profile '']\nk = v\n", {"": {"k": "v"}}, {}),
    Difference("nothing escapes a blank", "[profile a\\ b]\nk = v\n", {"a b": {"k": "v"}}, {}),
    Difference("nor anything in quotes", '[profile "a\\\\b"]\nk = v\n', {"a\\b": {"k": "v"}}, {"a\\\\b": {"k": "v"}}),
    Difference("the word before a name is one of three", "[profiles a]\nk = v\n", {"a": {"k": "v"}}, {}),
    Difference("a quoted default is default", "['default']\nk = v\n", {}, {"default": {"k": "v"}}),
    Difference("DEFAULT is a name like others", "[DEFAULT]\nk = v\n" + A + "l = w\n", {"a": {"k": "v", "l": "w"}},
               {"a": {"l": "w"}}),
    Difference("keys have names of the same kind", A + "b c = v\nk$ = v\nl = w\n", {"a": {"b c": "v", "k$": "v", "l": "w"}},
               {"a": {"l": "w"}}),
    Difference("sub-properties too", A + "k =\n  b c = v\n  x = y\n", {"a": {"k": {"b c": "v", "x": "y"}}},
               {"a": {"k": {"x": "y"}}}),
    Difference("whose case does not count", A + "k =\n  X = y\n", {"a": {"k": {"X": "y"}}}, {"a": {"k": {"x": "y"}}}),
    # The credentials file
    Difference("quotes are taken off", "", {"'a b'": {"k": "v"}}, {"a b": {"k": "v"}}, "['a b']\nk = v\n"),
    Difference("a name with blanks needs them", "", {"a b": {"k": "v"}}, {}, "[a b]\nk = v\n"),
    Difference("a profile's name stands alone", "", {"profile a": {"k": "v"}}, {}, "[profile a]\nk = v\n"),
    Difference("and so do others", "", {"sso-session a": {"k": "v"}}, {}, "[sso-session a]\nk = v\n"),
]
