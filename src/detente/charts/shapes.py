"""One shape for each kind of event, since a page or a print may be read without colour. All have about the same area.

A shape is an SVG path around the origin, about 10 units wide. Charts and `web/templates/marks.html` draw them.
"""

KIND_SHAPES = {
    "attack": "M5 0A5 5 0 1 1-5 0A5 5 0 1 1 5 0Z",
    "operation": "M0-6.4L5.6 0L0 6.4L-5.6 0Z",
    "strike": "M0-6.2L5.9 4.2H-5.9Z",
    "clash": "M-4.5-4.5H4.5V4.5H-4.5Z",
    "pressure": "M0 6.2L5.9-4.2H-5.9Z",
    "defiance": "M-5.3-2.6L-2.6-5.3 0-2.7 2.6-5.3 5.3-2.6 2.7 0 5.3 2.6 2.6 5.3 0 2.7-2.6 5.3-5.3 2.6-2.7 0Z",
    "dialogue": "M-1.9-5.6H1.9V-1.9H5.6V1.9H1.9V5.6H-1.9V1.9H-5.6V-1.9H-1.9Z",
    "concession": "M5.4 0.0L2.7 4.7L-2.7 4.7L-5.4 0.0L-2.7 -4.7L2.7 -4.7Z",
    "truce": "M0.0 -6.6L1.7 -2.3L6.3 -2.0L2.8 0.9L3.9 5.3L0.0 2.9L-3.9 5.3L-2.8 0.9L-6.3 -2.0L-1.7 -2.3Z",
    "outside": "M0.0 -5.6L5.3 -1.7L3.3 4.5L-3.3 4.5L-5.3 -1.7Z",
    "restraint": "M-5.6-5.6H5.6L2.2 0L5.6 5.6H-5.6L-2.2 0Z",
    "unassigned": "M-5.4-1.4H5.4V1.4H-5.4Z",
}
