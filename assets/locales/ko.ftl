# 창에 나오는 모든 한국어 문구. 문장은 합니다체, 단추와 제목은 명사형으로 씁니다. .tooltip은 그 단추의 설명입니다.

research-use = 연구용입니다. 의료기기가 아니며, 진단·치료 결정에 사용할 수 없습니다.

## 단추와 단축키, 그 설명. 입력이 더 필요하면 `…`를 붙입니다.

action-open-files = 파일 열기…
    .tooltip = DICOM, NIfTI, PNG, JPEG, TIFF, BMP, .npy 파일을 엽니다
action-open-folder = 폴더 열기…
    .tooltip = 폴더와 하위 폴더에 있는 영상을 모두 엽니다
action-open-model = 모델…
    .tooltip = ONNX 분류 모델을 불러옵니다(.onnx 파일 또는 model.onnx가 있는 폴더)
action-open-path = 경로로 열기…
    .tooltip = 대화 상자 대신 경로를 입력하거나 붙여 넣습니다
action-previous-item = 이전 증례
    .tooltip = 워크리스트의 바로 위 증례로 이동합니다
action-next-item = 다음 증례
    .tooltip = 워크리스트의 바로 아래 증례로 이동합니다
action-previous-frame = 이전 슬라이스
    .tooltip = 한 슬라이스 앞으로 이동합니다(휠도 가능)
action-next-frame = 다음 슬라이스
    .tooltip = 한 슬라이스 뒤로 이동합니다(휠도 가능)
action-play = 재생
    .tooltip = 슬라이스를 차례로 재생하거나 멈춥니다
action-first-frame = 첫 슬라이스
    .tooltip = 첫 슬라이스로 이동합니다
action-last-frame = 마지막 슬라이스
    .tooltip = 마지막 슬라이스로 이동합니다
action-fit = 화면 맞춤
    .tooltip = 영상 전체를 표시합니다(두 번 클릭도 가능)
action-actual-size = 1:1
    .tooltip = 영상 화소 하나를 화면 화소 하나로 표시합니다
action-zoom-in = 확대
    .tooltip = 영상을 확대합니다(Ctrl+휠 또는 오른쪽 단추 끌기도 가능)
action-zoom-out = 축소
    .tooltip = 영상을 축소합니다
action-rotate-right = 오른쪽으로 회전
    .tooltip = 화면의 영상을 시계 방향으로 90° 돌립니다. 모델 입력에는 영향이 없습니다
action-rotate-left = 왼쪽으로 회전
    .tooltip = 화면의 영상을 반시계 방향으로 90° 돌립니다. 모델 입력에는 영향이 없습니다
action-flip-across = 좌우 반전
    .tooltip = 화면의 영상을 좌우로 뒤집습니다. 가장자리의 방향 글자도 함께 바뀝니다
action-flip-down = 상하 반전
    .tooltip = 화면의 영상을 상하로 뒤집습니다. 가장자리의 방향 글자도 함께 바뀝니다
action-reset-picture = 영상 초기화
    .tooltip = 처음 열었을 때의 방향, 크기, 창 설정, 색으로 되돌립니다
action-next-window = 다음 창 설정
    .tooltip = 헤더의 창 설정을 차례로 적용한 뒤 자동 창 설정을 적용합니다
action-auto-window = 자동 창 설정
    .tooltip = 화면에 보이는 슬라이스의 값으로 정합니다
action-reset-window = 창 설정 초기화
    .tooltip = 영상을 열었을 때의 창 설정으로 되돌립니다
action-invert = 반전
    .tooltip = 화면에서만 흑백을 바꾸며, 모델 입력에는 영향을 주지 않습니다
action-forget-measures = 계측 지우기
    .tooltip = 이 검사에서 잰 길이를 지웁니다 (Shift를 누르고 끌면 잽니다)
action-smooth = 보간
    .tooltip = 화소 사이를 보간하거나 화소를 네모로 그대로 표시합니다
action-identity = 개인정보
    .tooltip = 개인을 식별할 수 있는 이름, 날짜, 번호를 표시하거나 숨깁니다. 시작할 때는 항상 숨깁니다
action-heatmap = 히트맵
    .tooltip = 병변의 위치가 아니라 점수의 근거가 된 위치를 표시하거나 숨깁니다
action-compare = 비교
    .tooltip = 같은 슬라이스의 히트맵 두 개를 나란히 놓고 클래스, 레이어, 방법을 비교합니다
action-compare-model = 다른 모델과 비교…
    .tooltip = 둘째 창에 다른 모델의 히트맵을 표시합니다
action-predict-shown-slice = 이 슬라이스 예측
    .tooltip = 모델이 정한 슬라이스 대신 화면에 보이는 슬라이스를 예측합니다
action-predict-rest = 나머지 예측
    .tooltip = 아직 예측하지 않은 증례를 모두 예측합니다
action-cancel-rest = 취소
    .tooltip = 나머지 증례의 예측을 중단합니다
action-install-runtime = ONNX Runtime 받기
    .tooltip = Microsoft의 ONNX Runtime을 pip으로 받아(약 20 MB) 검증한 뒤 이 프로그램의 데이터 폴더에 보관합니다
action-worklist = 워크리스트
    .tooltip = 워크리스트를 표시하거나 숨깁니다
action-findings = 결과
    .tooltip = 결과 패널을 표시하거나 숨깁니다
action-theme = 밝은 화면·어두운 화면
    .tooltip = 밝은 화면과 어두운 화면을 서로 바꿉니다
# The name of the language that the window changes to.
action-language = English
    .tooltip = 화면을 영어로 표시합니다
action-command-palette = 모든 명령…
    .tooltip = 이름의 일부로 명령을 찾습니다
action-help = 단축키와 마우스
    .tooltip = 단축키와 마우스의 기능을 표시합니다
action-close = 닫기
    .tooltip = 맨 위에 열린 창을 닫습니다

## 도움말

help-keys = 단축키
help-mouse = 마우스
help-about = 정보
help-close = 도움말 닫기
help-drawn-by-opengl = 영상을 OpenGL로 그립니다: { $name }
help-drawn-by-processor = 영상을 프로세서로 그립니다.
help-version = Overread { $version }
help-convention = 영상은 영상의학 관례에 따라 표시합니다. R과 L 표시가 있으면 환자의 오른쪽이 화면 왼쪽에 놓입니다.
mouse-wheel = 휠
    .does = 슬라이스 이동
mouse-ctrl-wheel = Ctrl + 휠
    .does = 확대·축소
mouse-left-drag = 왼쪽 끌기
    .does = 좌우 창 너비, 상하 창 중심
mouse-shift-drag = Shift + 왼쪽 끌기
    .does = 길이 재기
mouse-right-drag = 오른쪽 끌기
    .does = 확대·축소
mouse-middle-drag = 가운데 끌기
    .does = 영상 이동
mouse-space-drag = 스페이스 + 끌기
    .does = 영상 이동
mouse-double-click = 두 번 클릭
    .does = 화면 맞춤
mouse-drop = 끌어다 놓기
    .does = 파일, 폴더, 모델 열기

## 아무것도 열지 않았을 때

empty-invitation = 영상이나 폴더를 여기에 끌어다 놓으십시오
empty-kinds = DICOM, NIfTI, PNG, JPEG, TIFF, BMP, .npy를 엽니다. 파일을 복사하거나 가져오지 않습니다.
empty-model = 예측하려면 .onnx 분류 모델이나 model.onnx가 있는 폴더도 끌어다 놓으십시오.
drop-to-open = 놓으면 열립니다
listing = 영상을 찾고 있습니다…

## 대화 상자와 알림

dialog-files = 영상 열기
dialog-folder = 영상 폴더 열기
dialog-model = 모델 불러오기
dialog-model-kind = ONNX 모델
path-title-files = 경로로 열기
path-title-folder = 폴더 경로
path-title-model = 모델 경로
path-no-dialog = 이 시스템에는 파일 대화 상자가 없습니다. 경로를 입력하거나 붙여 넣거나, 파일을 창에 끌어다 놓으십시오.
path-hint = 경로
path-open = 열기
path-cancel = 취소
details = 자세히(영어)
details-show = 자세히 보기
details-hide = 자세히 숨기기
dismiss = 알림 닫기

notice-not-listed = 파일 또는 폴더 { $count }개의 목록을 읽지 못했습니다.
notice-model-failed = 모델을 불러오지 못했습니다.
notice-runtime-ready = ONNX Runtime { $version } 설치를 마쳤습니다.
notice-broken = 프로그램 내부에 오류가 발생했습니다({ $worker }). 프로그램은 계속 실행됩니다. 오류를 알려 주십시오.
notice-no-dialog = 파일 대화 상자를 열지 못했습니다.

install-starting = 시작하는 중…
install-progress = { $number }/{ $of }: { $step }
install-find-python = Python과 pip을 찾고 있습니다.
install-download = pip으로 { $package } 패키지를 받고 있습니다.
install-check = 패키지의 sha256을 확인하고 있습니다.
install-unpack = 라이브러리의 압축을 풀고 있습니다.

## 무엇이 잘못되었고 어떻게 해야 하는지. 자세한 내용은 영어 문장으로 이어집니다.

cause-unreadable = 파일을 읽을 수 없습니다. 파일이 있는지, 열 권한이 있는지 확인하십시오.
cause-unknown-format = 이 프로그램이 아는 영상 형식이 아닙니다. DICOM, NIfTI, PNG, JPEG, TIFF, BMP, .npy 파일을 여십시오.
cause-no-picture = 파일에 영상이 없습니다.
cause-damaged = 파일이 손상되었습니다. 원본에서 다시 복사하십시오.
cause-unsupported = 이 프로그램이 해독할 수 없는 방식으로 저장된 파일입니다. 변환하거나 다시 내보내십시오.
cause-too-large = 파일이 이 프로그램의 제한보다 큽니다.
cause-too-slow = 해독이 너무 오래 걸려 중단했습니다. 파일이 손상되었을 수 있습니다.
cause-refused = 손상된 파일을 아직 처리하고 있습니다. 프로그램을 다시 시작하고 해당 파일은 제외하십시오.
cause-no-such-frame = 영상에 해당 슬라이스가 없습니다.
cause-series-mismatch = 한 시리즈로 묶을 수 없는 파일입니다. 파일을 하나씩 여십시오.
cause-nothing-found = 이 프로그램이 아는 영상이 없습니다. 다른 파일이나 폴더를 선택하십시오.
cause-no-model = 모델이 없습니다. model.onnx와 metadata.json이 있는 폴더나 .onnx 파일을 선택하십시오.
cause-model-refused = 이 모델은 사용할 수 없습니다. .onnx 파일을 확인하거나 다시 내보내십시오.
cause-manifest = 모델의 metadata.json이 맞지 않습니다. 수정한 뒤 모델을 다시 불러오십시오.
cause-model-changed = 모델 파일이 바뀌었습니다. 모델을 다시 불러오십시오.
cause-no-runtime = ONNX Runtime을 불러오지 못했습니다.
cause-engine = 엔진이 모델을 실행하지 못했습니다. 모델이 손상되었거나 엔진이 모르는 연산자를 사용합니다.
cause-cancelled = 실행을 취소했습니다.
cause-wrong-input = 준비한 영상이 모델의 입력과 맞지 않습니다. metadata.json의 전처리 단계를 수정하십시오.
cause-no-scores = 모델이 사용할 수 있는 점수를 내지 않았습니다.
cause-slices = 모델이 요구하는 슬라이스를 이 영상에서 고를 수 없습니다.
cause-preprocessing = 모델이 요구하는 대로 영상을 준비할 수 없습니다. metadata.json의 전처리 단계를 확인하십시오.
cause-no-folder = ONNX Runtime을 보관할 폴더를 시스템에서 찾을 수 없습니다.
cause-no-package = 이 시스템에 맞는 ONNX Runtime 패키지가 없습니다. 직접 설치한 뒤 ORT_DYLIB_PATH를 설정하십시오.
cause-no-python = pip이 있는 Python 3을 찾지 못했습니다. 설치한 뒤 다시 시도하십시오.
cause-download = 내려받지 못했습니다. 네트워크나 패키지 미러를 확인한 뒤 다시 시도하십시오.
cause-bad-package = 내려받은 패키지가 예상한 것과 다릅니다. 아무것도 설치하지 않았습니다.
cause-not-written = ONNX Runtime을 저장하지 못했습니다. 남은 공간과 데이터 폴더의 권한을 확인하십시오.
cause-broken = 프로그램 내부에 오류가 발생했습니다. 프로그램은 계속 실행됩니다. 오류를 알려 주십시오.

picture-no-file = 이 파일은 열리지 않습니다
picture-no-frame = { $index }번 슬라이스를 해독할 수 없습니다

## 워크리스트

worklist = 워크리스트
worklist-failed = 실패
worklist-spoken-failed = { $name }, 실패
worklist-spoken-done = { $name }, { $class } { $score }
series-name = { $name } · 파일 { $count }개

## 영상

picture-spoken = { $name } 영상
picture-spoken-right = { $name } 영상, 오른쪽
picture-size = { $cols } × { $rows } · { $format }
picture-size-bits = { $cols } × { $rows } · { $bits }비트 · { $format }
picture-slice = 슬라이스 { $index } / { $count }
picture-zoom = 배율 { $percent } %
picture-inverted = 흑백 반전
picture-turned = { $degrees }° 회전됨
picture-mirrored = 좌우 반전됨
picture-mirrored-turned = 좌우 반전, { $degrees }° 회전됨
picture-window = 너비 { $width }  중심 { $center }
picture-no-identity = 이 파일에는 개인정보가 없습니다
picture-more-tags = 그 밖에 { $count }개
window-menu = 창 설정
    .tooltip = 헤더나 영상 값에서 정한 창 설정을 고릅니다. 영상 위에서 끌면 직접 조절할 수 있습니다
window-header = 헤더 창 설정 { $number }
window-auto = 자동 창 설정
window-own = 직접 조절한 창 설정
window-sigmoid = { $name } (시그모이드)
slice = 슬라이스

## 예측

prediction = 예측
prediction-nothing-open = 영상을 열면 모델의 예측을 볼 수 있습니다.
prediction-no-file = 파일이 열리지 않아 예측할 수 없습니다.
prediction-waiting = 영상을 기다리고 있습니다…
prediction-running = 예측하고 있습니다…
prediction-rest = 나머지 예측: { $done } / { $total }
prediction-agrees = 모델의 예측이 참조 라벨과 일치합니다
prediction-disagrees = 모델의 예측이 참조 라벨({ $label })과 다릅니다
class = 클래스
class-unnamed = 클래스 { $index }
score = 점수
probability = 확률
threshold-at = 임계값 { $value }
slices-one = 슬라이스 { $of }개 중 { $index }번으로 예측
slices-run = 슬라이스 { $of }개 중 { $first }–{ $last }번을 합쳐 예측
slices-some = 슬라이스 { $of }개 중 { $count }개를 합쳐 예측
slices-own-choice = 모델이 정한 슬라이스
slices-each = 이 모델은 슬라이스 { $count }개를 각각 하나의 증례로 봅니다. 여기에는 가운데 슬라이스를 표시합니다.
doubts = 이 예측에서 확인할 점이 { $count }가지 있습니다.

## 모델이 본 영상

seen = 모델이 본 영상
seen-assumed = 주황색 단계는 선언된 것이 아니라 추정한 것입니다. 모델을 학습할 때의 전처리와 비교하십시오.
seen-as-read = 읽은 그대로의 영상
seen-shape-8-bit = { $shape }, 8비트
seen-range = { $shape }, { $low } ~ { $high }
seen-imported = { $from }에서 가져옴
seen-word-assumed = 추정
step-to-8bit = 8비트 변환 · to_8bit
step-window = 창 설정 · window
step-to-rgb = RGB 변환 · to_rgb
step-to-gray = 회색조 변환 · to_gray
step-resize = 크기 조정 · resize
step-resize-shorter = 짧은 변 맞춤 · resize_shorter
step-center-crop = 가운데 자르기 · center_crop
step-letterbox = 여백 채움 맞춤 · letterbox
step-pad-to-square = 정사각형 채움 · pad_to_square
step-rescale = 값 배율 조정 · rescale
step-normalize = 정규화 · normalize
step-channel-order = 채널 순서 · channel_order
step-standardize = 표준화 · standardize
step-min-max = 최소·최대 맞춤 · min_max
step-invert = 반전 · invert
step-opening = 열림 연산 · opening
step-equalize = 히스토그램 평활화 · equalize
step-clahe = 국소 대비 평활화 · clahe
step-smooth = 평활 · smooth
step-overlap-merge = 겹쳐 합성 · overlap_merge
step-multiply-merge = 곱하여 합성 · multiply_merge

## 모델과 엔진

model = 모델
model-none = 모델 없음
model-none-loaded = 불러온 모델 없음
model-none-hint = .onnx 분류 모델이나, model.onnx와 metadata.json이 있는 폴더를 여기에 끌어다 놓으십시오.
model-loading = 모델 불러오는 중
model-loading-short = 모델 불러오는 중…
model-failed = 모델을 불러오지 못함
model-card = 모델 카드
model-intended-use = 용도
model-calibration = 보정
model-calibrated = 보정됨: 숫자는 확률입니다
model-uncalibrated = 없음: 숫자는 점수입니다
model-classes = 클래스
model-input = 입력
model-input-value = { $cols } × { $rows } × { $channels }, { $layout }
model-any-size = 임의
model-output = 출력
model-slices = 슬라이스
model-slices-combined = { $slices }, 합치는 방법: { $combine }
model-combined = 합치는 방법: { $combine }
model-slices-middle = 가운데
model-slices-all = 모두
model-slices-every-nth = { $n }개마다 하나
model-slices-positions = { $axis }축 { $list } mm
model-combine-mean-logits = 로짓 평균
model-combine-mean-probabilities = 확률 평균
model-combine-max = 최댓값
model-combine-each = 각각
model-copy = 복사
model-copy-sha256 = sha256 복사
model-remarks = 이 모델에서 알아 둘 점이 { $count }가지 있습니다.
fact-assumed = { $value } (추정)
engine = 엔진
engine-embedded = 내장 엔진 ({ $version })
engine-ran-on = 실행 장치
engine-both = CUDA와 CPU
engine-inference = 추론
engine-with-steps = 전처리 포함
engine-remark = 이 엔진과 장치를 사용한 이유

## 히트맵

heatmap = 히트맵
    .tooltip = 병변의 위치가 아니라 점수의 근거가 된 위치를 보여 줍니다.
heatmap-running = 점수의 근거를 추적하고 있습니다…
heatmap-passes = 바꾼 영상 { $total }개 중 { $done }개 계산…
heatmap-cancel = 취소
heatmap-no-picture = 설명할 영상이 없습니다.
heatmap-failed = 히트맵을 만들지 못했습니다. 다른 레이어나 방법을 선택하십시오.
heatmap-title = 히트맵 ({ $method }, 레이어 { $layer }, 클래스 { $class })
heatmap-title-no-layer = 히트맵 ({ $method }, 클래스 { $class })
heatmap-settings = 방법의 설정
heatmap-logit = 이 슬라이스에서 { $class }의 로짓: { $value }
heatmap-probability = 이 슬라이스에서 { $class }의 확률: { $value }
heatmap-target = 대상
heatmap-target-logit = 로짓
heatmap-target-probability = 확률
heatmap-model = 모델
heatmap-model-same = 같은 모델
trust-measure = 얼마나 믿을 수 있습니까?
    .tooltip = 히트맵 순서대로 화소를 지우고, 모델의 가중치를 섞고, 여러 방법을 비교합니다. 순전파를 수백 번 계산합니다
trust-running = 측정 중…
trust-running-curves = 바꾼 영상 { $total }개 중 { $done }개 계산…
trust-running-weights = 가중치를 섞은 모델 { $total }개 중 { $done }개 계산…
trust-failed = 히트맵을 검사하지 못했습니다.
trust-deletion = 삭제
trust-insertion = 삽입
trust-better = 우연보다 나음
trust-like-random = 우연과 차이 없음
trust-worse = 우연보다 못함
trust-areas = 면적 { $map }, 무작위 { $random } ± { $deviation }, 윤곽 { $edges }
trust-legend = 파랑: 이 히트맵. 회색: 무작위 순서. 주황: 영상의 윤곽.
    .tooltip = 삭제는 근거가 큰 화소부터 지웁니다. 충실한 히트맵은 점수를 빨리 떨어뜨리므로 면적이 작을수록 좋습니다. 삽입은 흐린 영상에 화소를 되돌려 놓으며, 면적이 클수록 좋습니다. 무작위 순서의 표준편차 두 배를 넘어야 차이로 봅니다.
trust-scrambled = 가중치를 섞었을 때 순위 상관: 마지막 층 { $head }, 모든 층 { $all }
trust-scrambled-tooltip = 가중치를 무작위로 섞은 모델의 같은 히트맵과 비교합니다. 1에 가까우면 히트맵이 모델이 배운 것보다 영상 자체를 보여 줍니다.
trust-no-evidence-left = 남은 근거 없음
trust-opinions = 방법: { $groups }. 방법 사이의 평균 순위 상관 { $mean }
trust-opinions-tooltip = =로 이어진 방법은 여기서 같은 히트맵을 내므로 하나의 의견으로 셉니다.
heatmap-layer-why = 레이어: { $why }
heatmap-layer-default = { $layer } (기본값)
heatmap-none-positive = 이 레이어에는 양의 근거가 없습니다.
heatmap-same-map = 여기서는 CAM, Grad-CAM, HiResCAM, XGrad-CAM의 결과가 같습니다.
heatmap-left = 왼쪽: { $what }
heatmap-right = 오른쪽: { $what }
heatmap-class = 클래스
heatmap-class-predicted = 예측한 클래스
heatmap-class-predicted-as = 예측한 클래스 ({ $class })
heatmap-method = 방법
heatmap-method-random = 무작위 대조
heatmap-method-occlusion = 가림(occlusion)
heatmap-layer = 레이어
heatmap-depth = 깊이
    .tooltip = 왼쪽 영상에서 오른쪽 점수까지의 모든 레이어
heatmap-default = 기본값
heatmap-default-layer = 기본값: { $layer }
heatmap-layer-words = { $op }, { $rows } x { $cols } x { $channels }
heatmap-layer-tokens = { $op }, 토큰 { $rows } x { $cols } x { $channels }
heatmap-colours = 색상
heatmap-opacity = 불투명도
heatmap-threshold = 임계값
heatmap-signed = 부호 표시
    .tooltip = 클래스에 반하는 근거도 표시하며, 0을 색상의 가운데에 둡니다
heatmap-contour = 등고선
    .tooltip = 임계값에 선을 그립니다. 임계값이 없으면 눈금의 절반에 그립니다
heatmap-shared = 공통 눈금
    .tooltip = 켜면 색상이 이 모델, 레이어, 방법으로 본 가장 큰 근거까지 이어지며 모든 증례에서 뜻이 같습니다. 끄면 이 증례의 가장 큰 근거까지만 이어지므로 다른 증례와 비교하지 마십시오.
heatmap-corner-running = 히트맵…
heatmap-corner-failed = 히트맵 없음
heatmap-corner-none-positive =
    { $class } · { $method }
    양의 근거 없음
heatmap-evidence = 근거 { $value }
heatmap-evidence-unit = 근거 { $value } { $unit }
heatmap-unit-logit = 로짓
heatmap-unit-probability = 확률
heatmap-unit-none = 단위 없음
colours-cool-warm = 청색·적색
colours-gray = 회색조
colours-inverted-gray = 반전 회색조

palette-hint = 명령 이름의 일부를 입력
palette-nothing = 이런 이름의 명령이 없습니다.

## 이름 있는 창 설정과 길이

preset-brain = 뇌
preset-subdural = 경막하
preset-stroke = 뇌졸중
preset-temporal-bone = 측두골
preset-head-and-neck = 두경부
preset-lung = 폐
preset-mediastinum = 종격동
preset-abdomen = 복부
preset-liver = 간
preset-spine = 척추
preset-bone = 뼈
preset-full-range = 전체 범위
preset-percentiles = 백분위 1–99
ruler-mm = { $length } mm
ruler-pixels = { $length } px (화소 간격 모름)
ruler-detector = 검출기 면에서 { $length } mm
ruler-film = 필름 위에서 { $length } mm
ruler-unstated = { $length } mm (깊이 기록 없음)
picture-no-suv = SUV 없음
