# Every word of the window, in English: the language that others fall back to. A message with the suffix .tooltip
# belongs to the button of that name.

research-use = Research use only. Not a medical device. Not for diagnosis or treatment decisions.

## Buttons, keys and their explanations. `…` where more input follows.

action-open-files = Open files…
    .tooltip = Open DICOM, NIfTI, PNG, JPEG, TIFF, BMP or .npy files
action-open-folder = Open folder…
    .tooltip = Open every scan in a folder and the folders below it
action-open-model = Model…
    .tooltip = Load an ONNX classifier (an .onnx, or a folder with model.onnx)
action-open-path = Open a path…
    .tooltip = Type or paste a path instead of using a dialog
action-previous-item = Previous case
    .tooltip = The case above in the worklist
action-next-item = Next case
    .tooltip = The case below in the worklist
action-previous-frame = Previous slice
    .tooltip = One slice back (or the wheel)
action-next-frame = Next slice
    .tooltip = One slice on (or the wheel)
action-play = Play
    .tooltip = Play the slices one after the other, or stop
action-first-frame = First slice
    .tooltip = The first slice
action-last-frame = Last slice
    .tooltip = The last slice
action-fit = Fit
    .tooltip = Show the whole picture (or a double click)
action-actual-size = 1:1
    .tooltip = One picture pixel on one screen pixel
action-zoom-in = Zoom in
    .tooltip = Larger (or Ctrl and the wheel, or drag with the right button)
action-zoom-out = Zoom out
    .tooltip = Smaller
action-rotate-right = Rotate right
    .tooltip = Turn the picture on the screen by 90° clockwise; the model never sees this
action-rotate-left = Rotate left
    .tooltip = Turn the picture on the screen by 90° anticlockwise; the model never sees this
action-flip-across = Flip left and right
    .tooltip = Mirror the picture on the screen; the letters at its edges follow
action-flip-down = Flip up and down
    .tooltip = Mirror the picture on the screen from top to bottom; the letters at its edges follow
action-reset-picture = Reset picture
    .tooltip = As it opened: upright, fitted, its first window, its own colours
action-layout-one = One view
    .tooltip = One picture in the whole middle
action-layout-two-columns = Two views side by side
    .tooltip = Two pictures beside each other; a case of the worklist goes to the view with the coloured frame
action-layout-two-rows = Two views one above the other
    .tooltip = Two pictures above each other; a case of the worklist goes to the view with the coloured frame
action-layout-four = Four views
    .tooltip = Four pictures; a case of the worklist goes to the view with the coloured frame
action-layout-planes = Three planes and slices
    .tooltip = Axial, coronal and sagittal through the volume, and beside them the slices as stored, which the model sees
action-next-view = Next view
    .tooltip = Act on the next view (or click on it)
action-plane-stored = Slices as read
    .tooltip = The slices that the model sees, in the order they are read
action-plane-axial = Axial plane
    .tooltip = Slices from foot to head through the volume
action-plane-coronal = Coronal plane
    .tooltip = Slices from front to back through the volume
action-plane-sagittal = Sagittal plane
    .tooltip = Slices from right to left through the volume
action-link-zoom = Link zoom and place
    .tooltip = All views zoom and move together
action-link-scroll = Link slices
    .tooltip = All views that look in one direction scroll together, to the same place where the files say it is the same
action-link-window = Link windows
    .tooltip = All views of the same kind of values share the window
action-link-cursor = Link crosshair
    .tooltip = A click in one view turns the others to the same place in the patient
action-next-colors = Next colours
    .tooltip = Through the colour maps for PET
action-tool-window = Set the window
    .tooltip = Drag with the left button: across for the width, down for the level
action-tool-length = Measure a length
    .tooltip = Drag with the left button from one end to the other
action-tool-angle = Measure an angle
    .tooltip = Drag along the first side to the vertex, then click on the end of the second
action-tool-ellipse = Ellipse
    .tooltip = Drag over a region: mean, standard deviation, range and area inside the ellipse
action-tool-rectangle = Rectangle
    .tooltip = Drag over a region: mean, standard deviation, range and area inside the rectangle
action-undo = Undo
    .tooltip = Take back the last change of the measurements
action-redo = Redo
    .tooltip = Do it again
action-next-window = Next window
    .tooltip = Through the windows of the header, then the automatic one
action-auto-window = Automatic window
    .tooltip = From the values of the slice on the screen
action-reset-window = Reset window
    .tooltip = The window the scan opened with
action-invert = Invert
    .tooltip = Swap black and white on the screen; the model never sees this
action-forget-measures = Delete measurements
    .tooltip = Delete the lengths measured on this scan (drag with Shift to measure)
action-smooth = Smooth
    .tooltip = Interpolate between pixels, or show them as blocks
action-identity = Personal data
    .tooltip = Show or hide name, dates and numbers that identify a person; hidden at every start
action-heatmap = Heatmap
    .tooltip = Show or hide where the score came from, not where disease is
action-compare = Compare
    .tooltip = Two heatmaps of the slice side by side: classes, layers or methods
action-compare-model = Compare with a model…
    .tooltip = Another model's heatmap of the slice in the second pane
action-predict-shown-slice = Predict this slice
    .tooltip = Predict the slice on the screen instead of the slices the model's manifest chooses
action-predict-rest = Predict the rest
    .tooltip = Predict the cases that have no prediction yet
action-cancel-rest = Pause
    .tooltip = Stops predicting the rest of the list; what is predicted stays
action-retry-failed = Try failed again
    .tooltip = Reads and predicts every case again that failed; files that have changed are tried by themselves when a review is opened
action-install-runtime = Get ONNX Runtime
    .tooltip = Fetch Microsoft's ONNX Runtime through pip (about 20 MB), check it, keep it in this program's data folder
action-worklist = Worklist
    .tooltip = Show or hide the worklist
action-findings = Findings
    .tooltip = Show or hide the findings
action-theme = Theme
    .tooltip = Dark, light, high contrast
# The name of the language that the window changes to.
action-language = 한국어
    .tooltip = Show the window in Korean
action-command-palette = All commands…
    .tooltip = Find a command by a part of its name
action-help = Keys and mouse
    .tooltip = What the keys and the mouse do
action-close = Close
    .tooltip = Close the sheet on top

## Help sheet

help-keys = Keys
help-mouse = Mouse
help-about = About
help-close = Close the help sheet
help-drawn-by-opengl = Pictures are drawn by OpenGL: { $name }
help-drawn-by-processor = Pictures are drawn by the processor.
help-version = Overread { $version }
help-convention = Pictures are shown in radiological convention: the patient's right is on the left where R and L say so.
mouse-wheel = Wheel
    .does = Slices
mouse-ctrl-wheel = Ctrl + wheel
    .does = Zoom
mouse-left-drag = Left drag
    .does = Window: across width, down level
mouse-shift-drag = Shift + left drag
    .does = Measure a length
mouse-right-drag = Right drag
    .does = Zoom
mouse-middle-drag = Middle drag
    .does = Move the picture
mouse-space-drag = Space + drag
    .does = Move the picture
mouse-double-click = Double click
    .does = Fit
mouse-drop = Drop
    .does = Open files, folders, models

## Nothing open

empty-invitation = Drop images or a folder here
empty-kinds = DICOM, NIfTI, PNG, JPEG, TIFF, BMP or .npy. Nothing is copied or imported.
empty-model = For a prediction, drop an .onnx classifier too, or a folder with model.onnx.
drop-to-open = Drop to open
listing = Looking for scans…

## Dialogs and messages

dialog-files = Open scans
dialog-folder = Open a folder of scans
dialog-model = Load a model
dialog-model-kind = ONNX model
path-title-files = Open a path
path-title-folder = Path of a folder
path-title-model = Path of a model
path-no-dialog = This system has no file dialog. Type or paste a path, or drop files on the window.
path-hint = Path
path-open = Open
path-cancel = Cancel
details = Details
details-show = Show details
details-hide = Hide details
dismiss = Dismiss

notice-not-listed = { $count ->
    [one] { $count } file or folder could not be listed.
   *[other] { $count } files or folders could not be listed.
}
notice-model-failed = The model could not be loaded.
notice-runtime-ready = ONNX Runtime { $version } is ready.
notice-broken = Something broke inside ({ $worker }). The program goes on; please report it.
notice-no-dialog = The file dialog could not be opened.

install-starting = Starting…
install-progress = { $number } of { $of }: { $step }
install-find-python = Looking for Python and pip.
install-download = Downloading { $package } with pip.
install-check = Checking the package's sha256.
install-unpack = Unpacking the library.

## What went wrong, and what to do. The sentence with the facts follows.

cause-unreadable = The file could not be read. Check that it is there and that you may open it.
cause-unknown-format = This is not a picture the program knows. Open DICOM, NIfTI, PNG, JPEG, TIFF, BMP or .npy.
cause-no-picture = The file holds no picture.
cause-damaged = The file is damaged. Copy it again from where it came from.
cause-unsupported = The file is stored in a way the program cannot decode. Convert it, or export it again.
cause-too-large = The file is larger than the program's limit.
cause-too-slow = Decoding took too long and was given up. The file is most likely damaged.
cause-refused = Too many damaged files are still being worked on. Start the program again, and leave those files out.
cause-no-such-frame = The scan has no such slice.
cause-series-mismatch = The files do not fit together as one series. Open them one by one.
cause-nothing-found = There is no picture that the program knows. Choose another file or folder.
cause-no-model = There is no model. Choose a folder with model.onnx and metadata.json, or an .onnx file.
cause-model-refused = The model is refused. Check the .onnx file, or export it again.
cause-manifest = The model's metadata.json does not fit. Correct it and load the model again.
cause-choice = What was said of the model does not fit it. Check the class names and the preparation.
cause-no-names = No class names were found there.
cause-layout-unsaid = The graph does not tell rows from channels. Set the model up and say it.
cause-classes-unsaid = The model does not say how many classes it tells apart. Set it up and name them.
cause-model-changed = The model's file has changed. Load the model again.
cause-no-runtime = ONNX Runtime could not be loaded.
cause-engine = The engine could not run the model. The model may be damaged, or use operators the engine does not know.
cause-cancelled = The run was cancelled.
cause-wrong-input = The prepared picture does not fit the model's input. Correct the steps in metadata.json.
cause-no-scores = The model gave no usable scores.
cause-slices = The slices that the model asks for cannot be taken from this scan.
cause-preprocessing = The picture cannot be prepared as the model asks. Check the steps in metadata.json.
cause-no-folder = The system names no folder to keep ONNX Runtime in.
cause-no-package = There is no package of ONNX Runtime for this system. Install it yourself and set ORT_DYLIB_PATH.
cause-no-python = Python 3 with pip was not found. Install it and try again.
cause-download = The download failed. Check the network or the package mirror, and try again.
cause-bad-package = The downloaded package is not the expected one. Nothing was installed.
cause-not-written = ONNX Runtime could not be stored. Check the free space and the rights of the data folder.
cause-broken = The program made a mistake here. It goes on; please report it.

picture-no-file = This file does not open
picture-no-frame = Slice { $index } does not decode

## Worklist

worklist = Worklist
worklist-failed = Failed
worklist-spoken-failed = { $name }, failed
worklist-spoken-done = { $name }, { $class } { $score }
series-name = { $name } · { $count ->
    [one] { $count } file
   *[other] { $count } files
}

## Picture

picture-spoken = Picture of { $name }
picture-spoken-right = Picture of { $name }, right
picture-size = { $cols } × { $rows } · { $format }
picture-size-bits = { $cols } × { $rows } · { $bits } bit · { $format }
picture-slice = Slice { $index } / { $count }
picture-zoom = Zoom { $percent } %
picture-inverted = Inverted
picture-turned = Turned by { $degrees }°
picture-mirrored = Mirrored
picture-mirrored-turned = Mirrored, turned by { $degrees }°
side-right = right side
side-left = left side
side-both = both sides
picture-window = W { $width }  L { $center }
picture-no-identity = No personal data in this file
picture-more-tags = and { $count } more
window-menu = Window
    .tooltip = Windows of the header and from the values; drag on the picture for your own
window-header = Header window { $number }
window-auto = Automatic window
window-own = Own window
window-sigmoid = { $name } (sigmoid)
slice = Slice

## Prediction

prediction = Prediction
prediction-nothing-open = Open a scan to see what the model says about it.
prediction-no-file = No prediction: the file does not open.
prediction-waiting = Waiting for the picture…
prediction-running = Predicting…
prediction-rest = Predicting the rest: { $done } / { $total }
prediction-agrees = Model agrees with the reference label
prediction-disagrees = Model disagrees with the reference label { $label }
class = Class
class-unnamed = class { $index }
score = Score
probability = Probability
threshold-at = Threshold { $value }
slices-one = From slice { $index } of { $of }
slices-all = From all { $of } slices together
slices-run = From slices { $first }–{ $last } of { $of } together
slices-some = From { $count } of { $of } slices together
slices-volume = From the whole volume of { $of } slices, as one input
slices-part-volume = From one volume of { $count } of the { $of } slices, as one input
slices-own-choice = Model's own choice
slices-each = The model takes each of { $count } slices as a case of its own; this is the middle one.
doubts = { $count ->
    [one] One thing to check about this prediction.
   *[other] { $count } things to check about this prediction.
}

## What the model saw

seen = What the model saw
seen-assumed = Steps in amber are assumed: nobody declared them. Compare with how the model was trained.
seen-as-read = Picture as read
seen-shape-8-bit = { $shape }, 8-bit
seen-values = { $low } to { $high }
seen-values-slice = this slice { $low } to { $high }
seen-range = { $shape }, { $low } to { $high }
seen-range-slice = { $shape }; shown slice { $low } to { $high }
seen-imported = imported from { $from }
seen-word-assumed = assumed
step-to-8bit = to_8bit
step-window = window
step-to-rgb = to_rgb
step-to-gray = to_gray
step-resize = resize
step-resize-shorter = resize_shorter
step-center-crop = center_crop
step-letterbox = letterbox
step-pad-to-square = pad_to_square
step-rescale = rescale
step-normalize = normalize
step-channel-order = channel_order
step-standardize = standardize
step-min-max = min_max
step-invert = invert
step-opening = opening
step-equalize = equalize
step-clahe = clahe
step-smooth = smooth
step-overlap-merge = overlap_merge
step-multiply-merge = multiply_merge
step-draft = draft
step-orient = orient
step-clip = clip
step-clip-percentiles = clip_percentiles
step-scale-range = scale_range
step-zscore = zscore

## Model and engine

model = Model
model-none = No model
model-none-loaded = No model loaded
model-none-hint = Drop an .onnx classifier here, or a folder with model.onnx and metadata.json.
model-loading = Loading model
model-loading-short = Loading model…
model-failed = Model not loaded
model-card = Model card
model-intended-use = Intended use
model-calibration = Calibration
model-calibrated = calibrated: numbers are probabilities
model-uncalibrated = none: numbers are scores
model-classes = Classes
model-input = Input
model-input-value = { $cols } × { $rows } × { $channels }, { $layout }
model-input-volume = { $depth } × { $rows } × { $cols }, { $layout }
model-any-size = any
model-output = Output
model-slices = Slices
model-slices-combined = { $slices }; combined: { $combine }
model-combined = combined: { $combine }
model-slices-middle = middle
model-slices-all = all
model-slices-every-nth = one of every { $n }
model-slices-positions = { $list } mm along { $axis }
model-combine-mean-logits = mean logits
model-combine-mean-probabilities = mean probabilities
model-combine-max = max
model-combine-each = each
golden = Golden cases
golden-waiting = { $cases } to run
golden-checked = { $passed } of { $cases } { $what } passed, { $numbers } differ by { $difference } at most
golden-pictures = pictures
golden-arrays = prepared arrays
golden-cases = pictures and prepared arrays
golden-logits = logits
golden-probabilities = probabilities
golden-numbers = logits or probabilities
golden-proves-all = Pictures were checked: how they are prepared, the network and the engine.
golden-proves-network = Prepared arrays were checked: the network and the engine, not how pictures are prepared.
golden-proves-both = { $pictures ->
    [one] One case is a picture
   *[other] { $pictures } cases are pictures
} (preprocessing, network and engine); { $arrays ->
    [one] one is a prepared array
   *[other] { $arrays } are prepared arrays
} (network and engine only).
golden-own = { $own ->
    [one] The expected numbers of one case are
   *[other] The expected numbers of { $own } cases are
} this program's own: they show that nothing changed since, not that training prepared pictures like this.
golden-differs-preprocessing = The pictures are prepared otherwise than they were; the network is right.
golden-differs-network = The pictures are prepared as they were; the network gives other numbers.
golden-differs-both = The pictures are prepared otherwise than they were, and the network gives other numbers too.
model-copy = Copy
model-copy-sha256 = Copy sha256
model-remarks = { $count ->
    [one] One thing to know about this model.
   *[other] { $count } things to know about this model.
}
fact-assumed = { $value } (assumed)
engine = Engine
engine-embedded-alone = Embedded
engine-embedded = Embedded ({ $version })
engine-ran-on = Ran on
engine-both = CUDA and CPU
engine-inference = Inference
engine-with-steps = With steps
engine-remark = Why this engine and this device

## Heatmap

heatmap = Heatmap
    .tooltip = Shows where the score came from, not where disease is.
heatmap-running = Tracing the score back…
heatmap-passes = { $done } of { $total } changed pictures…
heatmap-cancel = Cancel
heatmap-no-picture = There is no picture to explain.
heatmap-failed = The heatmap could not be made. Choose another layer or method.
heatmap-title = Heatmap ({ $method }, layer { $layer }, class { $class })
heatmap-title-no-layer = Heatmap ({ $method }, class { $class })
heatmap-settings = Settings of the method
heatmap-logit = Logit of { $class } on this slice: { $value }
heatmap-probability = Probability of { $class } on this slice: { $value }
heatmap-logit-volume = Logit of { $class } for the whole volume: { $value }
heatmap-probability-volume = Probability of { $class } for the whole volume: { $value }
heatmap-target = Target
heatmap-target-logit = Logit
heatmap-target-probability = Probability
heatmap-model = Model
heatmap-model-same = The same model
trust-measure = How far can it be trusted?
    .tooltip = Takes pixels away in the map's order, scrambles the model's weights, and compares methods. A few hundred forward passes
trust-running = Measuring…
trust-running-curves = { $done } of { $total } changed pictures…
trust-running-weights = { $done } of { $total } scrambled models…
trust-failed = The heatmap could not be checked.
trust-deletion = Deletion
trust-insertion = Insertion
trust-better = Better than chance
trust-like-random = No better than chance
trust-worse = Worse than chance
trust-areas = Area { $map }, random { $random } ± { $deviation }, edges { $edges }
trust-legend = Blue: this map. Grey: random orders. Amber: the picture's edges.
    .tooltip = Deletion takes pixels away, most evidence first: a faithful map makes the score fall fast, so a small area is good. Insertion puts them back into a blurred picture: a large area is good. Two standard deviations of the random orders count as a difference.
trust-scrambled = With scrambled weights, rank correlation: last layer { $head }, all layers { $all }
trust-scrambled-tooltip = The same map of the model with its weights in random order. Near 1 the map shows the picture rather than what the model has learnt.
trust-no-evidence-left = no evidence left
trust-opinions = Methods: { $groups }. Mean rank correlation between them { $mean }
trust-opinions-tooltip = Methods joined by = give the same map here and count as one opinion.
heatmap-layer-why = Layer: { $why }
heatmap-layer-default = { $layer }, the default
heatmap-none-positive = No positive evidence at this layer.
heatmap-same-map = CAM, Grad-CAM, HiResCAM and XGrad-CAM are the same map here.
heatmap-left = Left: { $what }
heatmap-right = Right: { $what }
heatmap-class = Class
heatmap-class-predicted = Predicted
heatmap-class-predicted-as = Predicted ({ $class })
heatmap-method = Method
heatmap-method-random = Random control
heatmap-method-occlusion = Occlusion
heatmap-layer = Layer
heatmap-depth = Depth
    .tooltip = All layers, from the picture on the left to the score on the right
heatmap-default = Default
heatmap-default-layer = Default: { $layer }
heatmap-layer-words = { $op }, { $rows } x { $cols } x { $channels }
heatmap-layer-volume = { $op }, { $depth } x { $rows } x { $cols } x { $channels }
heatmap-layer-tokens = { $op }, { $rows } x { $cols } tokens x { $channels }
heatmap-colours = Colours
heatmap-opacity = Opacity
heatmap-threshold = Threshold
heatmap-signed = Signed
    .tooltip = Also evidence against the class, with zero in the middle of the colours
heatmap-contour = Contour
    .tooltip = A line at the threshold; without one, at half of the scale
heatmap-shared = Shared scale
    .tooltip = On: the colours reach up to the most evidence seen with this model, layer and method, and mean the same in every case. Off: up to this case's own; do not compare it with others.
heatmap-corner-running = Heatmap…
heatmap-corner-failed = No heatmap
heatmap-corner-none-positive =
    { $class } · { $method }
    no positive evidence
heatmap-evidence = Evidence { $value }
heatmap-evidence-unit = Evidence { $value } { $unit }
heatmap-unit-logit = logit
heatmap-unit-probability = probability
heatmap-unit-none = no unit
colours-cool-warm = Cool to warm
colours-gray = Gray
colours-inverted-gray = Inverted gray

palette-hint = Type a part of a command
palette-nothing = No command has this name.

## Windows by name, and lengths

preset-brain = Brain
preset-subdural = Subdural
preset-stroke = Stroke
preset-temporal-bone = Temporal bone
preset-head-and-neck = Head and neck
preset-lung = Lung
preset-mediastinum = Mediastinum
preset-abdomen = Abdomen
preset-liver = Liver
preset-spine = Spine
preset-bone = Bone
preset-full-range = Full range
preset-percentiles = Percentiles 1 to 99
ruler-mm = { $length } mm
ruler-pixels = { $length } px (spacing unknown)
ruler-detector = { $length } mm at the detector
ruler-film = { $length } mm on the film
ruler-unstated = { $length } mm, depth not stated
region-mean = Mean { $mean } ± { $sd } { $unit }
region-range = { $min } to { $max } { $unit }
region-suv = SUV { $mean } ± { $sd }, max { $max }
region-measuring = Measuring…
region-empty = No values here
region-area-mm = Area { $area } mm²
region-area-projected = Area { $area } mm², not in the body
region-area-pixels = Area { $area } px² (spacing unknown)
measure-menu = Measure
    .tooltip = What the left button does on the picture, and undoing it
views-menu = Views
    .tooltip = How many views, which planes, and what they do together
fusion-menu = Lay a case over this view
    .tooltip = E.g. PET on MRI: only where both files say that their coordinates mean the same place
fusion-none = Nothing
fusion-opacity = Opacity
fusion-over = Over it: { $name }
fusion-caution = Same kind of coordinates; the files do not say whether of one examination
cause-not-one-space = The two cases cannot be laid over each other: nothing says that they lie in one space.
colours-menu = Colours
    .tooltip = Colour maps for PET
view-empty = This view is empty. Choose a case from the worklist.
plane-axial = Axial
plane-coronal = Coronal
plane-sagittal = Sagittal
plane-stored = Slices as read
plane-none = No planes here
plane-back = Show the slices as read
plane-loading = Loading the volume: { $done } / { $total }
window-lut = VOI LUT { $number }
window-lut-named = VOI LUT: { $name }
picture-spoken-view = Picture of { $name }, view { $view }
picture-no-suv = No SUV

## Review of a list

caption = True: { $truth }  Pred: { $predicted }
review-search = Search
    .tooltip = Words in the path, the classes or the note
review-show = Which cases
review-show-all = All
review-show-wrong = Wrong
review-show-uncertain = Uncertain
review-show-failed = Failed
review-show-undecided = Not yet read
review-show-flagged = Flagged
review-show-flipped = Models differ
opinion-agree = Agree
opinion-disagree = Disagree
opinion-unsure = Unsure
pair-both-right = Both right
pair-only-first = Only the first right
pair-only-second = Only the second right
pair-both-wrong = Both wrong
notice-not-kept = Not everything is kept
cause-not-kept = The results could not be written or read. Check the disk and the permissions of the folder.
cause-labels = The table of labels cannot be used. It needs a column with paths, patients or series and one with labels.
page-read = Read
page-review = Review
action-review-page = Review page
    .tooltip = The list with its numbers, or one scan
action-read-page = Open the case
    .tooltip = Shows the selected case large (a double click too)
action-agree = Agree
    .tooltip = You agree with the prediction; again takes it back
action-disagree = Disagree
    .tooltip = You disagree with the prediction; again takes it back
action-unsure = Unsure
    .tooltip = You cannot say; again takes it back
action-flag = Flag
    .tooltip = Marks the case to come back to
action-note = Note
    .tooltip = Write a note about the case
action-next-wrong = Next wrong case
    .tooltip = The next case whose prediction differs from its reference label
action-previous-wrong = Previous wrong case
    .tooltip = The case before whose prediction differs from its reference label
action-next-uncertain = Next uncertain case
    .tooltip = The next case whose two likeliest classes lie close together
action-open-labels = Labels…
    .tooltip = Reference labels from a table (CSV, TSV, JSON) with paths, patients or series
action-compare-list = Second model…
    .tooltip = Runs the list through a second model and compares the two
dialog-labels = Open a table of labels
dialog-labels-kind = Tables
path-title-labels = Path of a table of labels
decision = Reader
decision-note = Note
label = Label
label-none = None
label-take-back = Take back
label-from-folder = The reference label is from the folder's name.
label-from-table = The reference label is from the table.
label-typed = The reference label was typed.
prediction-go-on = Go on
prediction-paused = Predicted { $done } of { $total }
prediction-pace = { $rate }/s · { $left } left
time-s = { $s } s
time-m-s = { $m } min { $s } s
time-h-m = { $h } h { $m } min
column-name = Case
column-truth = Reference label
column-predicted = Prediction
column-other = Second model
column-score = Score
    .tooltip = The predicted class's score. Larger: the model is surer, which need not be right
column-margin = Margin
    .tooltip = How clear the answer is: the largest score less the second largest; with an operating point, how far the score lies from it, from 0 at the point to 1 at the end of the scale. Below 0.2 the case counts as uncertain
column-loss = Loss
    .tooltip = Minus the natural logarithm of the reference label's score. 0: sure and right; the larger, the surer and more wrong. It rests on scores alone, so no operating point changes it
column-distance = Unlike
    .tooltip = How far the case lies from what the model has seen (its reference), in standard deviations from the typical case. Near 0 or below: like the training data; amber: beyond almost all of it, so trust the score less
column-opinion = Reader
column-noted = Note
review-nothing-shown = No case is of this kind.
review-nothing-found = No case of this kind holds the words that are searched for.
review-show-again = Show all cases
review-count = { $shown } of { $all } cases
review-table = Table
review-gallery = Gallery
review-numbers = Metrics
review-no-model = Load a model to see predictions and metrics.
review-failed = { $count ->
    [one] 1 case failed.
   *[other] { $count } cases failed.
}
review-no-numbers = Metrics appear as soon as labelled cases are predicted. Labels come from folder names, a table, or the reader.
review-labelled = { $count ->
    [one] 1 labelled case
   *[other] { $count } labelled cases
}
review-labels = Reference labels
review-labels-table = From { $name }
review-labels-folders = From the folders' names
review-labels-back = Folders
review-labels-unknown = { $count ->
    [one] 1 row has a label that is none of the classes.
   *[other] { $count } rows have a label that is none of the classes.
}
review-mapping = Labels and classes
review-threshold = Operating point
review-threshold-class = Class of the operating point
review-threshold-back = Reset
    .tooltip = Back to the operating point of the model
review-threshold-own = Your own operating point: valid for this model only, and chosen on these cases.
review-threshold-declared = The model's own operating point.
review-threshold-largest = The class with the largest score is called.
review-matrix = Confusion matrix
review-matrix-axes = Rows: reference label. Columns: prediction. Click a cell to list its cases.
review-matrix-large = { $count } classes are too many to draw here: the exported table holds all.
review-counts = Counts
review-row-shares = Row %
review-column-shares = Column %
review-cell = Label { $truth }, predicted { $predicted }: { $count ->
    [one] 1 case
   *[other] { $count } cases
}
review-report = Classification report
review-support = support
review-macro-average = macro average
review-weighted-average = weighted average
review-overall = Overall, with 95 % intervals
review-against-rest = { $class } against the rest
review-curves = { $class }: curves
review-roc = ROC, AUC { $auc }
review-roc-x = Across: 1 − specificity
review-roc-y = Up: sensitivity
review-calibration = Calibration
review-calibration-x = Across: stated score
review-calibration-y = Up: observed share; larger dots hold more cases
review-baselines = Without looking at the picture: always { $class } gives accuracy { $majority }, guessing by the labels' shares { $chance }.
review-per-group = Per patient or series
review-groups = { $count } groups, scores averaged
review-more-cautions = { $count } more to know
review-comparison = Two models
review-comparison-of = First: { $first }. Second: { $second }.
review-mcnemar = McNemar's exact test: { $p }
review-auc-difference = AUC of { $class }: { $first } and { $second } (DeLong { $p })
review-flips = { $count } predictions differ
review-move = Label { $truth }: { $from } → { $to }, { $count }×
metric-accuracy = Accuracy
metric-balanced-accuracy = Balanced accuracy
metric-macro-precision = Macro precision
metric-macro-recall = Macro recall
metric-macro-f1 = Macro F1
metric-weighted-precision = Weighted precision
metric-weighted-recall = Weighted recall
metric-weighted-f1 = Weighted F1
metric-kappa = Cohen's kappa
metric-kappa-linear = Kappa, linear weights
metric-kappa-quadratic = Kappa, quadratic weights
metric-matthews = Matthews correlation
metric-precision = precision
metric-recall = recall
metric-f1 = F1
metric-sensitivity = Sensitivity
metric-specificity = Specificity
metric-ppv = Positive predictive value
metric-npv = Negative predictive value
metric-log-loss = Log loss
metric-brier = Brier score
metric-calibration-error = Calibration error (ECE)
metric-auc = AUC
metric-macro-auc = Macro AUC
metric-weighted-auc = Weighted AUC
metric-average-precision = Average precision
metric-macro-average-precision = Macro average precision
metric-without-interval = { $value }, no 95 % interval: { $why }
metric-with-interval = { $value }, 95 % interval { $low } to { $high }, { $cases } cases, { $method }
interval-wilson = Wilson
interval-bootstrap = bootstrap
interval-bootstrap-groups = bootstrap of whole groups
interval-delong = DeLong
undefined-no-cases = There is no case.
undefined-class-absent = No case has the reference label { $class }.
undefined-never-predicted = { $class } was never predicted.
undefined-always-predicted = Every case was predicted as { $class }.
undefined-class-unused = { $class } is neither a reference label nor a prediction.
undefined-no-other-class = Every case has the reference label { $class }.
undefined-one-class-only = The labels or the predictions hold one class only.
undefined-no-probabilities = There are no scores, only predicted classes.
undefined-not-probabilities = The scores are not between 0 and 1.
undefined-no-logits = There are no logits.
undefined-too-few = It needs { $need } cases and there { $have ->
    [one] is 1
   *[other] are { $have }
}.
undefined-no-spread = The sample shows no variation.
undefined-separated = Every case is right: the best temperature would be 0.
undefined-misleading = The scores point away from the reference labels: no temperature helps.
undefined-dependent = Several cases share a group, and the formula asks for independent ones.
caution-very-few = { $cases ->
    [one] 1 case: read nothing into this.
   *[other] { $cases } cases: read nothing into this.
}
caution-few = { $cases } cases: differences of a few per cent mean nothing; read the intervals.
caution-few-in-class = { $class } has { $cases ->
    [one] 1 case
   *[other] { $cases } cases
}: read nothing into its row.
caution-class-absent = No case has the reference label { $class }: nothing can be said about it.
caution-never-predicted = { $class } was never predicted: its precision is undefined and counts as 0 in averages.
caution-unequal = The classes are unequal: { $class } is { $share } % of the cases, { $smallest } has { $cases }. Accuracy and weighted averages mostly describe the large class; read balanced accuracy, kappa and the rows.
caution-not-above-majority = Accuracy { $accuracy } is not shown to be above always saying { $class } ({ $share }): p = { $p }.
caution-shared-groups = { $cases } cases come from { $groups } groups: intervals resample whole groups; McNemar and DeLong take cases as independent and are too sure.
caution-sums-not-one = The scores of { $cases ->
    [one] 1 case
   *[other] { $cases } cases
} do not sum to 1: log loss, Brier score and calibration read them as they are.
caution-certain-and-wrong = The scores of { $cases ->
    [one] 1 case
   *[other] { $cases } cases
} give the reference label exactly 0: the log loss depends on where it is cut (2.2e-16).
caution-few-to-calibrate = { $cases ->
    [one] 1 case is
   *[other] { $cases } cases are
} few for a calibration curve: the calibration error of a perfect model would not be 0 either.
menu = Menu
    .tooltip = All commands
menu-file = File
menu-view = Views and planes
menu-image = Image
menu-measure = Measuring
menu-heatmap = Model and heatmap
menu-window = Program
memory = Memory for pictures: { $size }
    .tooltip = What decoded slices and volumes may take, half of it each. A larger volume is not cut into planes.
cause-no-volume = The slices cannot be put together as a volume, so there are no other planes.
cause-volume-too-large = The volume is larger than the memory set for pictures. Raise it in the menu under Program.
menu-review = Review
action-export = Report…
    .tooltip = Writes tables, metrics, pictures of misclassified cases and a report (HTML and PDF) into a folder, without patients' names
dialog-export = Folder for the report
notice-exported = The report is in { $folder }
notice-tried-again = { $count ->
    [one] 1 file that failed before has changed and is tried again.
   *[other] { $count } files that failed before have changed and are tried again.
}
notice-not-exported = The report could not be written
export-running = Writing the report: { $done } / { $total }
action-find-leaks = Training data…
    .tooltip = Looks for near-duplicates of these cases in the folder that the model was trained on
dialog-training = Folder of the training data
leaks = Leak check
leaks-what = Pictures that lie in the training data too make a model look better than it is.
leaks-reading = Reading pictures…
leaks-comparing = Comparing every pair…
leaks-stop = Stop
leaks-found = { $leaked } of { $all } cases ({ $share } %) have a near-duplicate among the { $training } pictures of { $folder } (correlation above { $threshold }).
leaks-patients = { $count } cases are of patients who are in the training data.
leaks-accuracy = Accuracy on those in the training data { $leaked }; on the rest { $rest }
leaks-pairs = { $count } pairs to look at
leaks-correlation = Correlation { $value }
review-show-leaked = In the training data
review-show-not-leaked = Not in the training data
caption-truth = True: { $truth }
caption-predicted = Pred: { $predicted }
known-unlike = Unlike the reference cases: farther out than { $percent } % of all { $cases }
known-unlike-all = Unlike the reference cases: farther out than all { $cases }
known-like = Farther out than { $percent } % of the { $cases } reference cases
known-is-reference = This very file is one of the reference cases
known-similar = Most similar reference cases
known-no-label = no label
known-meaning = Labelled cases that the model finds most alike. Right: similarity, 1 is the same.
known-similarity = Similarity { $similarity }: the cosine of the vectors that the model makes of both pictures just before its last layer. 1 is the same, 0 nothing in common. What is similar for the model need not be for a reader.
known-distance = Mahalanobis distance of the model's vectors, at several depths of the network, to the centre of the { $cases } reference cases: { $distance } standard deviations beyond their mean (0 is usual, lower more so). The percentage is the share of reference cases that lie nearer to the centre; from 99 % on a case is called unlike them.
known-number = reference case { $number }
known-spoken = Reference case { $label }, similarity { $similarity }
known-called = { $label } (model: { $predicted })
known-outside = Reference case { $name }

## Setting up a model: the import page, the preprocessing doctor, how a number came about.

action-set-up-model = Set up this model…
    .tooltip = What the graph says, what is assumed, class names, preprocessing, a live preview; saved as a model folder
action-account = How this number came about
    .tooltip = The file, every preprocessing step as a picture, what the model was fed, what it answered, how that became the score
page-import = Set up
set-up-banner = Nobody has said yet how pictures are prepared for this model. The score rests on assumptions.
notice-model-saved = The model is saved in { $folder } and in use.
notice-model-saved-kept = The model is saved in { $folder } and in use. The settings before are kept under versions.
notice-model-not-saved = The model could not be saved.
notice-no-names = No class names were found.
dialog-class-names = File with the class names
dialog-class-folder = Folder whose folders are named like the classes
dialog-labelled = Folder of labelled pictures
dialog-outputs = Outputs of the training framework
dialog-model-folder = Where to keep the model folder
import-title = Set up { $name }
import-assumed = { $count ->
    [one] 1 thing is assumed
   *[other] { $count } things are assumed
}
import-all-stated = Nothing is assumed
import-left-out = Fitted values are left out
    .tooltip = Calibration and thresholds were fitted to scores of other preprocessing, or thresholds belong to classes of other names. Fit them anew with `overread calibrate`
import-place = Will be saved in { $folder }
import-place-keeps = Will be saved in { $folder }; the metadata.json there is kept in its versions folder
import-place-none = Nothing is changed and nothing will be written
import-place-change = Change…
import-place-copy = Save a copy…
import-save = Save and use
    .tooltip = Writes a model folder (model.onnx and metadata.json). A metadata.json that lies there moves to the folder's versions first
import-use = Use
    .tooltip = You changed nothing: the model is used as it lies there, and nothing is written
import-cancel = Cancel
    .tooltip = Nothing is written, and the model stays in use as it is
import-reading = Reading the model…
import-restored = What you entered before is back.
import-start-over = Start over
    .tooltip = Forgets what you entered for this model
import-offered = { $name } was dropped while { $now } is being set up. What you entered here is kept if you leave.
import-switch = Open it instead
import-stay = Stay here
import-asks-layout = How does this model take its pictures?
import-asks-layout-why = Its graph does not tell rows from channels. Keras and TensorFlow put the channels last, PyTorch puts them first. The preview then shows whether it is right, and you can change it later.
import-asks-classes = Which classes does this model tell apart?
import-asks-classes-why = Its graph does not say how many there are. Name them all, in the order of the model's output.
import-asks-classes-hint = one name per line, or separated by commas
import-go-on = Go on
import-graph = What the graph says
import-producer = Written by
import-producer-unnamed = not stated
import-size = Size
import-size-value = { $parameters } parameters, { $operators } operators, opset { $opset }
import-input = Input
import-layout = Axes
import-nhwc = rows, columns, channels (Keras, TensorFlow)
import-nchw = channels, rows, columns (PyTorch)
import-ncwh = channels, columns, rows (MONAI)
import-ncdhw = one channel, slices, rows, columns (volumes, PyTorch)
import-ndhwc = slices, rows, columns, one channel (volumes, Keras)
import-dimensions = Dimensions
import-batch-any = any number of pictures at a time
import-batch-fixed = { $length ->
    [one] one picture at a time
   *[other] { $length } pictures at a time
}
import-any-size = any picture size
import-fixed-size = picture size fixed
import-inside = Preprocessing inside
import-inside-nothing = none
import-resizes = it resizes the picture itself
import-scales = it scales values itself: 0 becomes { $low }, 255 becomes { $high }
import-output = Output
import-ending = Ends with
import-ends-softmax = softmax: the output holds probabilities
import-ends-log-softmax = log-softmax: the output holds logarithms of probabilities
import-ends-sigmoid = sigmoid: the output holds probabilities
import-ends-logits = neither softmax nor sigmoid: the output holds logits
import-logits-at = logits are read from { $name }
import-no-logits = there is no way to the logits
import-precision = Precision of the weights
import-found = What was found
import-there = found
import-not-there = not there
import-no-notes = none
origin-assumed = assumed
origin-given = you said so
origin-graph = from the graph
import-classes = Class names
import-classes-hint = { $count } names, one per line or separated by commas
import-classes-count = { $count } of { $expected } names
import-classes-empty = Class { $index } has no name (counted from 0).
import-classes-twice = Class { $first } and class { $second } are both called "{ $name }" (counted from 0).
import-classes-invisible = The name of class { $index } holds a line break or another invisible character (counted from 0).
import-classes-order = In the order of the model's output. Keras and torchvision sort folder names by alphabet.
import-names-file = From a file…
    .tooltip = One name per line, index and name, or JSON (id2label, class_indices)
import-names-folder = From folders…
    .tooltip = The names of the folders that the model was trained from, sorted as Keras and torchvision sort them
import-positive = Positive class
import-preparation = How pictures are prepared
import-preset = Preset
    .tooltip = What the usual training scripts do, by family
import-preset-own = own choices
import-preset-steps = as the files say
import-preset-search = Search: VGG, EfficientNet, torchvision, CLAHE…
import-preset-nothing = No preset has these words.
import-preset-back = As found
    .does = What the export says, or what is assumed of it
import-confirm = Yes, it was trained like this
    .tooltip = Pictures were prepared like this in training: saves it as stated instead of assumed
import-confirm-class = Yes, this one
    .tooltip = Thresholds, sensitivity and specificity are about this class: saves it as stated instead of assumed
import-steps-as-stated = These steps are taken over as they are stated. A preset replaces them.
import-scale = Values
import-colours = Colours
import-bgr = Blue first
    .tooltip = Channels in the order blue, green, red, as cv2.imread gives them
import-grey = Grey
    .tooltip = Through one grey channel
import-invert = Inverted
    .tooltip = 255 minus the value
import-fit = Shape
import-crop = Middle
    .tooltip = Share of the shorter side that is kept
import-fill = Fill
    .tooltip = Value of the border, 0 to 255
import-resize = Resize
import-filter = Filter
import-antialias = Antialiased
    .tooltip = Averages where the picture becomes smaller (antialias=True)
import-pillow-old = Before Pillow 13
    .tooltip = Pillow before version 13 takes the columns first; some pixels differ by 1
import-more = More: range of values, antialiasing, opening, CLAHE, smoothing
import-range = To 8 bits
import-before = Before resizing
import-after = After resizing
import-scores = What the output holds
import-kind = Numbers
import-kind-logits = logits: softmax or sigmoid is still to come
import-kind-softmax = probabilities that sum to 1
import-kind-sigmoid = one probability per value
import-picture-size = Picture size
import-columns = Columns
import-rows = Rows
import-about = Name and use
import-name = Name
import-modality = Modality
import-modality-hint = for example CR, CT, MR, PT
import-body-part = Body part
import-body-part-hint = for example CHEST, BRAIN
import-guards = Scans of another modality or body part are warned about.
import-preview = Live preview
import-preview-nothing = Open a scan to see what the model would be fed and what it would say.
import-tensor = What the model is fed
import-least = least
import-mean = mean
import-largest = largest
strip = Processing result
scale-raw = 0 to 255, the model scales itself
scale-unit = 0 to 1
scale-signed = -1 to 1
scale-caffe = Caffe: blue first, ImageNet's mean taken off
scale-imagenet = 0 to 1, ImageNet's mean and deviation
scale-clip = 0 to 1, CLIP's mean and deviation
scale-xray = -1024 to 1024
scale-standardize = each picture to mean 0, deviation 1
scale-min-max = each picture from least to largest to 0 to 1
fit-squash = squashed to the model's size
fit-crop = middle
fit-letterbox = fitted in, border filled
fit-square = filled to a square, then resized
range-header = the header's window
range-percentile = percentiles 0.5 to 99.5
range-full = least to largest value
range-none = values as they are in the file
recipe-blue-first = blue first
recipe-grey = grey
recipe-inverted = inverted
recipe-plain = Pillow bilinear, 1/255
    .title = Plain: Pillow, 1/255
recipe-keras-unit = Keras image_dataset_from_directory, Rescaling(1/255): own networks
    .title = Keras dataset, 1/255
recipe-keras-caffe = Keras applications VGG16, VGG19, ResNet50/101/152 (preprocess_input): blue first, mean taken off
    .title = Keras VGG, ResNet
recipe-keras-tf = Keras applications ResNetV2, Inception, InceptionResNet, Xception, MobileNet, NASNet: -1 to 1
    .title = Keras ResNetV2, Inception, MobileNet
recipe-keras-torch = Keras applications DenseNet: ImageNet's mean and deviation
    .title = Keras DenseNet
recipe-keras-raw = Keras applications EfficientNet, EfficientNetV2, MobileNetV3, ConvNeXt: 0 to 255, the model scales itself
    .title = Keras EfficientNet, ConvNeXt
recipe-generator-unit = Keras ImageDataGenerator(rescale=1/255).flow_from_directory: Pillow's nearest pixel
    .title = Keras generator, 1/255
recipe-generator-caffe = ImageDataGenerator with preprocess_input of VGG or ResNet (caffe)
    .title = Keras generator, VGG and ResNet
recipe-generator-tf = ImageDataGenerator with preprocess_input of ResNetV2, Inception, Xception or MobileNet
    .title = Keras generator, ResNetV2 and Inception
recipe-generator-raw = ImageDataGenerator without rescale: EfficientNet, models that scale themselves
    .title = Keras generator, values as they are
recipe-torchvision = torchvision's weights: Resize(256), CenterCrop(224), ToTensor, Normalize(ImageNet)
    .title = torchvision's own
recipe-torchvision-squash = Resize((h, w)), ToTensor, Normalize(ImageNet); fastai with ResizeMethod.Squish
    .title = PyTorch squashed, ImageNet's mean
recipe-torchvision-unit = Resize((h, w)), ToTensor
    .title = PyTorch squashed, 0 to 1
recipe-torchvision-half = Resize((h, w)), ToTensor, Normalize(0.5, 0.5)
    .title = PyTorch squashed, -1 to 1
recipe-timm = timm's usual evaluation: bicubic, crop_pct 0.875, ImageNet's mean and deviation
    .title = timm's own
recipe-timm-inception = timm's ViT and Inception: bicubic, crop_pct 0.9, -1 to 1
    .title = timm ViT, Inception
recipe-clip = networks on CLIP: bicubic, middle, CLIP's mean and deviation
    .title = Networks on CLIP
recipe-monai = MONAI Resize (area) and ScaleIntensity: values of the file, each picture to 0 to 1
    .title = MONAI's own
recipe-torchxrayvision = torchxrayvision: middle, 224 x 224, -1024 to 1024
    .title = Chest X-ray, torchxrayvision
recipe-opencv = cv2.cvtColor(BGR2RGB), cv2.resize, 1/255
    .title = OpenCV, red first
recipe-opencv-bgr = cv2.imread without cvtColor: blue first, cv2.resize, 1/255
    .title = OpenCV, blue first
recipe-deepphi-grey = Chain: grey, resize (OpenCV), 1/255
    .title = Chain: grey
recipe-deepphi-invert = Chain: grey, invert, opening 5 x 5, resize, 1/255
    .title = Chain: inversion and opening
recipe-deepphi-clahe = Chain: grey, opening 5 x 5, CLAHE, resize, Gaussian 11, 1/255
    .title = Chain: CLAHE
recipe-deepphi-overlap = Chain: resize, overlap merge with the Gaussian (local contrast after Ben Graham), 1/255
    .title = Chain: overlap merge
recipe-deepphi-multiply = Chain: resize, multiply merge with the average, 1/255
    .title = Chain: multiply merge
doctor = Preprocessing doctor
doctor-what = Tries every plausible way to prepare pictures and ranks how well the model's answers then fit. Needs about 30 pictures in folders named like the classes, or the training framework's own outputs for them.
doctor-pictures-only = The doctor tries ways to prepare pictures; how volumes were prepared is set above.
doctor-folder = Labelled folder…
    .tooltip = Pictures in folders named like the classes; at most 60 are tried
doctor-outputs = Framework's outputs…
    .tooltip = A CSV or npz with what the training framework says of these pictures: then the answer is far surer than from labels. Choose it first, then the folder
doctor-outputs-of = Outputs: { $name } ×
doctor-running = Reading pictures…
doctor-stage-values = Trying scales, colours and inversion…
doctor-stage-fit = Trying how the shape is fitted…
doctor-stage-resizing = Trying who resizes, and how…
doctor-stage-every = Trying every combination…
doctor-stage-all = The best ones on all pictures…
doctor-best = Best: { $recipe }
doctor-labels = { $agree } of { $count } pictures are right ({ $low } % to { $high } %), log loss { $loss }.
doctor-reproduced = It reproduces the framework's outputs on all { $count } pictures: no probability differs by more than { $worst }.
doctor-not-reproduced = No combination reproduces the framework's outputs. The closest differs by { $worst } at worst; { $agree } of { $count } pictures get the same class.
doctor-tied = { $count } ways cannot be told apart with these pictures; the plainest is named first.
doctor-tied-or-more = { $count } ways or more cannot be told apart with these pictures; the plainest is named first.
doctor-reorders = The classes are in another order than the names say; applying puts the names in order.
doctor-names = The model has no class names. Applying takes those of the folders or columns, in the order of its outputs: { $names }
doctor-tried = { $tried } combinations were tried on { $count } pictures.
doctor-way = Way to prepare
doctor-loss = Log loss (95 %)
doctor-difference = Difference (95 %)
doctor-right = Right
doctor-apply = Apply
doctor-apply-number = Apply way { $number }
doctor-taken = In use
doctor-no-change = Nothing is better than the current setting beyond chance: no change is advised.
doctor-ruled-out = ruled out by { $name }
doctor-present = as the model says now
account-nothing = There is no prediction on the screen.
account-copy = Copy all as text
    .tooltip = Everything on this sheet as JSON
account-scan = What was read
account-file = File
account-slices = Slices
account-seen = The pictures below are of slice { $index }.
account-fed = What the model was fed
account-shape = Columns, rows, channels
account-run = What ran
account-scores = From the output to the score
account-softmax = The scores are the softmax of the logits.
account-sigmoid = The scores are the sigmoid of the logits.
account-own-scores = The scores are the graph's own output; the logits stand beside.
account-temperature = The logits are divided by the calibration temperature { $temperature } first.
account-uncalibrated = No calibration is stated, so a score is not a probability of disease.
account-logit = Logit
account-scaled = Logit / temperature
account-combined = { $count } slices are combined: { $how }. Score of the called class by slice:
account-part = Slice { $index }: { $score }
account-more = and { $count } more
account-largest = The class with the largest score is called: no threshold is stated.
account-thresholds = A class is called from its threshold on: { $list }.
account-own-point = Your operating point: { $list }.
import-preparation-volumes = How volumes are prepared
import-volume-resize = The volume is then resized to the model's size, trilinear.
import-volume-as-stated = These steps are taken over as they are stated.
import-orientation = Orientation
import-axes-stored = as stored: slices, rows, columns
import-axes-ras = RAS: right, front, head (nibabel, most scripts)
towards-right = right
towards-left = left
towards-front = front
towards-back = back
towards-head = head
towards-feet = feet
import-percentiles = Outliers
import-percentiles-cut = Cut at percentiles
    .tooltip = Values outside these percentiles of the volume become the ends
import-lower-end = Lower end
import-upper-end = Upper end
volume-as-stored = values as they are in the file
volume-zscore-nonzero = mean 0, deviation 1, background left out
volume-zscore = mean 0, deviation 1, whole volume
volume-min-max = lowest to highest as 0 to 1
volume-range = this range as 0 to 1 (CT)
volume-shape = { $depth } slices × { $rows } rows × { $cols } columns
volume-slice = { $index } of { $count }
volume-axes = Through the middle of each axis. The axes run to { $axes }, in the tensor's order.
import-batch-any-volumes = any number of volumes at a time
import-batch-fixed-volumes = { $length ->
    [one] one volume at a time
   *[other] { $length } volumes at a time
}
import-any-size-volumes = any volume size
import-fixed-size-volumes = volume size fixed
account-shape-volume = Slices, rows, columns

## Parameters of preprocessing steps; in English they are said as the manifest writes them.

parameter-size = size
parameter-window = window
parameter-low = low
parameter-high = high
parameter-center = center
parameter-width = width
parameter-function = function
parameter-as = as
parameter-filter = filter
parameter-antialias = antialias
parameter-columns-first = columns first
parameter-fill = fill
parameter-factor = factor
parameter-offset = offset
parameter-mean = mean
parameter-std = std
parameter-order = order
parameter-kernel = kernel
parameter-iterations = iterations
parameter-clip-limit = clip limit
parameter-tiles = tiles
parameter-kind = kind
parameter-image = image
parameter-smoothed = smoothed
parameter-axes = axes
parameter-nonzero = nonzero
parameter-from = from
parameter-to = to
parameter-clip = clip
value-header = header
value-percentile = percentile
value-full = full
value-none = none
value-linear = linear
value-sigmoid = sigmoid
value-true = true
value-false = false
value-nearest = nearest
value-bilinear = bilinear
value-bicubic = bicubic
value-area = area
value-gaussian = gaussian
value-average = average
value-median = median
value-bgr = bgr
value-rgb = rgb
value-pillow = pillow
value-tensorflow = tensorflow
value-torch = torch
value-opencv = opencv
value-keras = keras

## The prediction under small changes of its picture

action-check-stability = Check stability
    .tooltip = Predict again under twelve small changes of the picture that a reader would not mind (brightness, contrast, size, position; of a volume also along the slices): does the class stay?
stability = Stability
    .tooltip = The picture was changed a little in several ways before the model's own steps, and predicted each time. A class that changes hangs on details a reader would not mind. One that stays may still be wrong.
stability-starting = Reading the slices…
stability-running = { $done } of { $total } small changes…
stability-failed = The stability could not be checked.
stability-stays = The class stays under all { $count } small changes
stability-changes = The class changes under { $changed } of { $count } small changes
stability-range = { $score } of { $class }: { $low } to { $high }
stability-becomes = Becomes { $class }: { $list }
stability-cell-stays = The class stays { $class }
stability-cell-changes = The class changes: { $before } → { $after }
stability-score = { $score } of { $class }: { $before } → { $after }
stability-gray = Grey levels
stability-size = Size
stability-place = Position
stability-along = Slices
stability-flip = Flip
change-brighter = { $percent } % brighter
change-darker = { $percent } % darker
change-more-contrast = { $percent } % more contrast
change-less-contrast = { $percent } % less contrast
change-larger = { $percent } % larger
change-smaller = { $percent } % smaller
change-down = { $percent } % down
change-up = { $percent } % up
change-right = { $percent } % to the right
change-left = { $percent } % to the left
change-to-last = { $percent } % towards the last slice
change-to-first = { $percent } % towards the first slice
change-flip = left for right
