//! The screens of the lane: a sale, its panels, what staff see of it, themes and German.

use std::time::Duration;

use crate::{
    Shot,
    demo::{
        Demo, attract_view, basket_view, help_view, paying_view, question_view, receipt_view, review_view,
        scan_view, tiles, unsure_view,
    },
    frame::{Frame, FrameId},
    samples, shot, ui,
    ui::{
        theme::ThemeName,
        view::{
            HelpReason, Notice, Panel, PaymentStage, PinPurpose, PinRefusal, RecoveredView, Screen,
            StaffView, Stage, StageView,
        },
        words::Lang,
    },
};

pub(crate) fn sale_shots(lang: Lang, demo: &Demo) -> Vec<Shot> {
    let lane = |screen| samples::lane(lang, screen);
    let mut attract = lane(Screen::Attract(attract_view(demo)));
    attract.motion = true;
    let mut empty = scan_view(lang, demo);
    empty.basket = samples::basket(lang, Vec::new());
    empty.picture.boxes.clear();
    if let Some(tray) = demo.trays.get("07-empty-tray") {
        empty.picture.frame = Some(Frame::new(tray.as_ref().clone(), FrameId(2), Duration::ZERO));
    }
    let asked = question_view(lang, demo);
    let mut idle = lane(Screen::Scan(scan_view(lang, demo)));
    idle.idle_seconds = Some(14);
    let mut recovered = attract_view(demo);
    recovered.recovered = Some(RecoveredView {
        items: 7,
        total: basket_view(lang, demo).total,
    });
    let pay = |stage| lane(Screen::Paying(paying_view(lang, demo, stage)));
    vec![
        shot("01-attract", attract),
        shot("01-recovered", lane(Screen::Attract(recovered))),
        shot("02-scan-empty", lane(Screen::Scan(empty))),
        shot("02-scan", lane(Screen::Scan(scan_view(lang, demo)))),
        shot("02-scan-unsure", lane(Screen::Scan(unsure_view(lang, demo)))),
        shot("03-not-sure", lane(Screen::Scan(asked))),
        shot("04-idle", idle),
        shot("05-review", lane(Screen::Review(review_view(lang, demo)))),
        shot("06-pay-present", pay(PaymentStage::PresentCard)),
        shot("06-pay-asking", pay(PaymentStage::Authorising)),
        shot("06-pay-approved", pay(PaymentStage::Approved)),
        shot("06-pay-declined", pay(PaymentStage::Declined)),
        shot("06-pay-attendant", pay(PaymentStage::AtAttendant)),
        shot("07-receipt", lane(Screen::Receipt(receipt_view(demo)))),
        shot(
            "08-help",
            lane(Screen::Help(help_view(lang, demo, HelpReason::Asked))),
        ),
    ]
}

pub(crate) fn panel_shots(lang: Lang, demo: &Demo) -> Vec<Shot> {
    let with = |name, panel, typed| {
        let mut view = samples::lane(lang, Screen::Scan(scan_view(lang, demo)));
        view.panel = panel;
        Shot {
            name,
            view,
            typed,
            pressed: &[],
        }
    };
    let tomato = samples::tiles(lang).remove(3);
    vec![
        with(
            "10-search",
            Panel::Search {
                results: tiles(lang, demo),
            },
            "",
        ),
        with("10-search-none", Panel::Search { results: Vec::new() }, "xylo"),
        with("11-number", Panel::Number { unknown: None }, "4011"),
        with(
            "11-number-unknown",
            Panel::Number {
                unknown: Some("4012".to_owned()),
            },
            "4012",
        ),
        with(
            "12-weight",
            Panel::Weight {
                product: tomato,
                tare_grams: 8,
            },
            "460",
        ),
        with(
            "13-pin",
            Panel::Pin {
                purpose: PinPurpose::Office,
                refused: Some(PinRefusal::Wrong),
            },
            "",
        ),
    ]
}

pub(crate) fn staff_shots(lang: Lang, demo: &Demo) -> Vec<Shot> {
    let mut missing = samples::lane(lang, Screen::Attract(attract_view(demo)));
    missing.notice = Some(Notice::CameraMissing);
    let mut blind = samples::lane(lang, Screen::Scan(scan_view(lang, demo)));
    blind.notice = Some(Notice::DetectorMissing {
        reason: "The model file is missing.".to_owned(),
    });
    if let Screen::Scan(scan) = &mut blind.screen {
        scan.picture.boxes.clear();
    }
    let mut staff = samples::lane(lang, Screen::Scan(scan_view(lang, demo)));
    staff.staff = Some(StaffView {
        frames_per_second: 29.7,
        detect_ms: 24.0,
        count_ms: Some(412.0),
        model: "checkout 1".to_owned(),
        stages: Stage::ALL
            .into_iter()
            .zip([2.9, 0.1, 0.3, 2.5, 0.0, 0.6, 7.8, 14.2])
            .map(|(stage, median_ms)| StageView {
                stage,
                median_ms,
                p95_ms: median_ms * 1.2,
            })
            .collect(),
    });
    if let Screen::Scan(scan) = &mut staff.screen {
        scan.picture.source = Some("Demo pictures".to_owned());
    }
    vec![
        shot("20-camera-missing", missing),
        shot("21-detector-missing", blind),
        shot("22-staff", staff),
        shot(
            "30-office",
            samples::lane(lang, Screen::Office(samples::office(lang))),
        ),
        shot(
            "31-product",
            samples::lane(
                lang,
                Screen::Office(samples::office_page(ui::office::PageView::Products(
                    samples::product_details(lang),
                ))),
            ),
        ),
    ]
}

pub(crate) fn theme_shots(demo: &Demo) -> Vec<Shot> {
    let with = |name, theme, screen| {
        let mut view = samples::lane(Lang::English, screen);
        view.theme = theme;
        shot(name, view)
    };
    vec![
        with(
            "40-scan-dark",
            ThemeName::Dark,
            Screen::Scan(scan_view(Lang::English, demo)),
        ),
        with(
            "40-review-dark",
            ThemeName::Dark,
            Screen::Review(review_view(Lang::English, demo)),
        ),
        with(
            "41-scan-contrast",
            ThemeName::HighContrast,
            Screen::Scan(scan_view(Lang::English, demo)),
        ),
    ]
}

pub(crate) fn german_shots(demo: &Demo) -> Vec<Shot> {
    let lang = Lang::German;
    let lane = |screen| samples::lane(lang, screen);
    let mut number = lane(Screen::Scan(scan_view(lang, demo)));
    number.panel = Panel::Number {
        unknown: Some("4012".to_owned()),
    };
    let asked = question_view(lang, demo);
    vec![
        shot("50-de-attract", lane(Screen::Attract(attract_view(demo)))),
        shot("51-de-scan", lane(Screen::Scan(scan_view(lang, demo)))),
        shot("52-de-not-sure", lane(Screen::Scan(asked))),
        shot("53-de-review", lane(Screen::Review(review_view(lang, demo)))),
        shot(
            "54-de-pay",
            lane(Screen::Paying(paying_view(lang, demo, PaymentStage::PresentCard))),
        ),
        shot(
            "54-de-pay-declined",
            lane(Screen::Paying(paying_view(lang, demo, PaymentStage::Declined))),
        ),
        shot("55-de-receipt", lane(Screen::Receipt(receipt_view(demo)))),
        shot(
            "56-de-help",
            lane(Screen::Help(help_view(lang, demo, HelpReason::Machine))),
        ),
        Shot {
            name: "57-de-number",
            view: number,
            typed: "4012",
            pressed: &[],
        },
        shot("58-de-office", lane(Screen::Office(samples::office(lang)))),
    ]
}
